// SPDX-License-Identifier: MIT

// Signing in to the pages.  Where it leads is the guard's part (RequireGuest):
// as soon as there is a user, it goes to ?next= or to the dashboard.  Who
// comes from an application signs in at a page of the server's own.

import { Link, useSearchParams } from 'react-router-dom';

import { useAuth } from '../auth';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { useForm } from '../parts/useForm';
import { useKeep } from '../parts/useKeep';
import { paths } from '../routes';

export default function Login() {
  const { login } = useAuth();
  const [query] = useSearchParams();
  const keep = useKeep();
  const form = useForm((read) => login(read('email').trim(), read('password')));

  return (
    <Page title="Sign in" lead="Welcome back.">
      <div className="card">
        {query.has('signed-out') && form.failure === null ? (
          <Notice kind="success">You are signed out.</Notice>
        ) : null}
        <FormBox
          form={form}
          submit="Sign in"
          label="Sign in"
          help={
            form.failure?.code === 'email_not_verified' ? (
              <Link to={paths.verifyEmail}>Send the verification mail again</Link>
            ) : null
          }
        >
          <Field
            form={form}
            name="email"
            label="Email or username"
            autoComplete="username"
          />
          <Field
            form={form}
            name="password"
            label="Password"
            type="password"
            autoComplete="current-password"
          />
          <p className="beside">
            <Link to={keep(paths.forgotPassword)}>Forgot your password?</Link>
          </p>
        </FormBox>
      </div>
      <p className="below">
        No account yet? <Link to={keep(paths.register)}>Sign up here</Link>
      </p>
    </Page>
  );
}
