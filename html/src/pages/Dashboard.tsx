// SPDX-License-Identifier: MIT

import { useState } from 'react';

import { api } from '../api';
import type { User } from '../api';
import { useAuth } from '../auth';
import { Apps } from '../parts/Apps';
import { Field } from '../parts/Field';
import { FormBox } from '../parts/FormBox';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { ServiceState } from '../parts/ServiceState';
import { useForm } from '../parts/useForm';

export default function Dashboard() {
  const { user } = useAuth();

  // The guard lets nobody else in; this tells the compiler.
  if (user === null || user === 'loading') {
    return null;
  }

  return (
    <Page
      title="Dashboard"
      lead={`Hello, ${user.first_name ?? user.username ?? user.email}.`}
      size="wide"
    >
      <div className="columns">
        <div className="stack">
          <section className="card" aria-labelledby="profile">
            <h2 id="profile">Profile</h2>
            <Facts user={user} />
            <Names user={user} />
          </section>
          <Apps />
        </div>
        <div className="stack">
          <Session />
          <section className="card" aria-labelledby="service">
            <h2 id="service">Service status</h2>
            <ServiceState />
          </section>
        </div>
      </div>
    </Page>
  );
}

function Facts({ user }: { user: User }) {
  const since = new Date(user.created_at);

  return (
    <dl className="facts">
      <div>
        <dt>Email</dt>
        <dd>
          {user.email}{' '}
          <span className={`badge badge-${user.is_verified ? 'good' : 'bad'}`}>
            {user.is_verified ? 'verified' : 'not verified'}
          </span>
        </dd>
      </div>
      <div>
        <dt>Member since</dt>
        <dd>
          <time dateTime={user.created_at}>
            {Number.isNaN(since.getTime())
              ? user.created_at
              : since.toLocaleDateString('en', { dateStyle: 'long' })}
          </time>
        </dd>
      </div>
      <div>
        <dt>User id</dt>
        <dd>
          <code>{user.id}</code>
        </dd>
      </div>
    </dl>
  );
}

function Names({ user }: { user: User }) {
  const { refresh } = useAuth();
  const [saved, setSaved] = useState(false);
  const form = useForm(async (read) => {
    const value = (name: string) => read(name).trim() || null;

    setSaved(false);
    await api.updateMe({
      username: value('username'),
      first_name: value('first_name'),
      last_name: value('last_name'),
    });
    await refresh();
    setSaved(true);
  });
  const field = (name: 'username' | 'first_name' | 'last_name', label: string, auto: string) => (
    <Field
      form={form}
      name={name}
      label={label}
      autoComplete={auto}
      defaultValue={user[name] ?? ''}
      optional
    />
  );

  return (
    <FormBox form={form} submit="Save changes" label="Edit your profile">
      <div className="pair">
        {field('first_name', 'First name', 'given-name')}
        {field('last_name', 'Last name', 'family-name')}
      </div>
      {field('username', 'Username', 'username')}
      {saved && form.failure === null ? <Notice kind="success">Saved.</Notice> : null}
    </FormBox>
  );
}

// Signing out is a form of the browser's, because the answer may be a page that
// signs out of applications in frames; it ends at the login page.
function Session() {
  return (
    <section className="card" aria-labelledby="session">
      <h2 id="session">Session</h2>
      <dl className="facts">
        <div>
          <dt>Signed in with</dt>
          <dd>Email and password</dd>
        </div>
        <div>
          <dt>Kept as</dt>
          <dd>An HttpOnly cookie: your browser sends it, scripts cannot read it</dd>
        </div>
      </dl>
      <form method="post" action="/oauth/logout" aria-label="Sign out">
        <button type="submit" className="button" name="logout" value="yes">
          Sign out
        </button>
      </form>
    </section>
  );
}
