// SPDX-License-Identifier: MIT

import { useState } from 'react';
import { Link } from 'react-router-dom';

import { api } from '../api';
import type { Done } from '../api';
import { DonePage } from '../parts/DonePage';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Page } from '../parts/Page';
import { useForm } from '../parts/useForm';
import { useKeep } from '../parts/useKeep';
import { paths } from '../routes';

export default function ForgotPassword() {
  const keep = useKeep();
  const [done, setDone] = useState<Done | null>(null);
  const form = useForm(async (read) => setDone(await api.requestReset(read('email').trim())));

  if (done !== null) {
    return (
      <DonePage
        title="Check your mail"
        done={done}
        text="The link in it works once, and not for long."
      >
        <Link className="button" to={keep(paths.login)}>
          Back to sign in
        </Link>
      </DonePage>
    );
  }

  return (
    <Page title="Forgot your password?" lead="We mail you a link to choose a new one.">
      <div className="card">
        <FormBox form={form} submit="Send the link" label="Forgot your password?">
          <Field form={form} name="email" label="Email" type="email" autoComplete="email" />
        </FormBox>
      </div>
      <p className="below">
        <Link to={keep(paths.login)}>Back to sign in</Link>
      </p>
    </Page>
  );
}
