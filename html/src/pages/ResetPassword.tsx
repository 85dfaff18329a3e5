// SPDX-License-Identifier: MIT

// The page of the link in the reset mail.

import { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';

import { api } from '../api';
import type { Done } from '../api';
import { useAuth } from '../auth';
import { DonePage } from '../parts/DonePage';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Page } from '../parts/Page';
import { useForm } from '../parts/useForm';
import { paths } from '../routes';

export default function ResetPassword() {
  const { refresh } = useAuth();
  const [query] = useSearchParams();
  const token = query.get('token');
  const [done, setDone] = useState<Done | null>(null);
  const form = useForm(async (read) => {
    setDone(await api.confirmReset(token ?? '', read('new_password')));
    // The reset has ended every session, perhaps one of this browser too.
    await refresh().catch(() => undefined);
  });

  if (done !== null) {
    return (
      <DonePage title="Password changed" done={done} text="Every device has been signed out.">
        <Link className="button button-main" to={paths.login}>
          Sign in
        </Link>
      </DonePage>
    );
  }

  if (token === null) {
    return (
      <Page title="Choose a new password" lead="This page is opened by the link in the mail.">
        <div className="actions">
          <Link className="button button-main" to={paths.forgotPassword}>
            Get a link
          </Link>
        </div>
      </Page>
    );
  }

  return (
    <Page title="Choose a new password" lead="It signs you out everywhere else.">
      <div className="card">
        <FormBox
          form={form}
          submit="Change password"
          label="Choose a new password"
          help={
            form.failure?.code === 'invalid_token' ? (
              <Link to={paths.forgotPassword}>Get a new link</Link>
            ) : null
          }
        >
          <Field
            form={form}
            name="new_password"
            label="New password"
            type="password"
            autoComplete="new-password"
            hint="Longer is better: a few words are fine, no special characters needed."
          />
        </FormBox>
      </div>
    </Page>
  );
}
