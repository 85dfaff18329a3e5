// SPDX-License-Identifier: MIT

// The page of the link in the verification mail.  Opening it does nothing
// (mail scanners open links); its button does.

import { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';

import { api } from '../api';
import type { Done } from '../api';
import { DonePage } from '../parts/DonePage';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Method } from '../parts/Method';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { useForm } from '../parts/useForm';
import { paths } from '../routes';

export default function VerifyEmail() {
  const [query] = useSearchParams();
  const token = query.get('token');
  const [done, setDone] = useState<Done | null>(null);
  const form = useForm(async () => setDone(await api.verifyEmail(token ?? '')));
  const expired = form.failure?.code === 'invalid_token';

  if (done !== null) {
    return (
      <DonePage title="Email verified" done={done}>
        <Link className="button button-main" to={paths.login}>
          Sign in
        </Link>
      </DonePage>
    );
  }

  if (token === null) {
    return (
      <Page title="Verify your email" lead="Open the link in the mail, or get a new one here.">
        <Resend />
      </Page>
    );
  }

  return (
    <Page title="Verify your email" lead="One click, and your account is ready.">
      <div className="card">
        <FormBox
          form={form}
          submit="Verify my email address"
          label="Verify your email"
          quiet={expired}
        />
      </div>
      {expired ? <Resend /> : null}
    </Page>
  );
}

function Resend() {
  const [done, setDone] = useState<Done | null>(null);
  const form = useForm(async (read) =>
    setDone(await api.resendVerification(read('email').trim())),
  );

  return (
    <section className="card" aria-labelledby="resend">
      <h2 id="resend">Get a new link</h2>
      {done === null ? null : (
        <Notice kind="success">
          <p>{done.message}</p>
          <Method name={done.method} />
        </Notice>
      )}
      <FormBox form={form} submit="Send a new link" label="Get a new link">
        <Field form={form} name="email" label="Email" type="email" autoComplete="email" />
      </FormBox>
    </section>
  );
}
