// SPDX-License-Identifier: MIT

import { useState } from 'react';
import { Link } from 'react-router-dom';

import { api } from '../api';
import type { Registered, Registration } from '../api';
import { DonePage } from '../parts/DonePage';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Page } from '../parts/Page';
import { useForm } from '../parts/useForm';
import type { Read } from '../parts/useForm';
import { useKeep } from '../parts/useKeep';
import { paths } from '../routes';

export default function Register() {
  const keep = useKeep();
  const [done, setDone] = useState<Registered | null>(null);
  const form = useForm(async (read) => setDone(await api.register(registration(read))));

  if (done !== null) {
    return <Welcome done={done} />;
  }

  return (
    <Page title="Create your account" lead="It takes a minute and a working mailbox.">
      <div className="card">
        <FormBox form={form} submit="Create account" label="Create your account">
          <div className="pair">
            <Field
              form={form}
              name="first_name"
              label="First name"
              autoComplete="given-name"
              optional
            />
            <Field
              form={form}
              name="last_name"
              label="Last name"
              autoComplete="family-name"
              optional
            />
          </div>
          <Field form={form} name="email" label="Email" type="email" autoComplete="email" />
          <Field
            form={form}
            name="username"
            label="Username"
            autoComplete="username"
            hint="You can sign in with it as well."
            optional
          />
          <Field
            form={form}
            name="password"
            label="Password"
            type="password"
            autoComplete="new-password"
            hint="Longer is better: a few words are fine, no special characters needed."
          />
        </FormBox>
      </div>
      <p className="below">
        Have an account? <Link to={keep(paths.login)}>Sign in</Link>
      </p>
    </Page>
  );
}

function Welcome({ done }: { done: Registered }) {
  const keep = useKeep();
  const text = (
    <>
      A link to verify <strong>{done.email}</strong>{' '}
      {done.verification_email_sent ? 'is on its way to you' : 'will be sent shortly'}. Open it,
      then sign in.
    </>
  );

  return (
    <DonePage title="Check your mail" done={done} text={text}>
      <Link className="button button-main" to={keep(paths.login)}>
        Sign in
      </Link>
      <Link className="button" to={paths.verifyEmail}>
        Send it again
      </Link>
    </DonePage>
  );
}

function registration(read: Read): Registration {
  const body: Registration = { email: read('email').trim(), password: read('password') };

  for (const name of ['username', 'first_name', 'last_name'] as const) {
    const value = read(name).trim();

    if (value !== '') {
      body[name] = value;
    }
  }

  return body;
}
