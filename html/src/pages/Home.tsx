// SPDX-License-Identifier: MIT

import { Link } from 'react-router-dom';

import { useAuth } from '../auth';
import { Page } from '../parts/Page';
import { ServiceState } from '../parts/ServiceState';
import { paths } from '../routes';

const points = [
  [
    'One account for your apps',
    'OAuth 2 with PKCE and OpenID Connect: apps ask for access, you allow it or not.',
  ],
  [
    'In front of any location',
    'nginx checks the session or token before a request reaches the app behind it.',
  ],
  [
    'Durable, with a fallback',
    'Account operations run as Temporal workflows, and directly when Temporal is away.',
  ],
] as const;

export default function Home() {
  const { user } = useAuth();

  return (
    <Page
      title="Sign-in, inside nginx"
      lead="An OAuth 2 and OpenID Connect server that runs as an nginx module."
      size="wide"
    >
      <div className="actions hero-actions">
        {user === null || user === 'loading' ? (
          <>
            <Link className="button button-main" to={paths.register}>
              Sign up
            </Link>
            <Link className="button" to={paths.login}>
              Sign in
            </Link>
          </>
        ) : (
          <Link className="button button-main" to={paths.dashboard}>
            Go to your dashboard
          </Link>
        )}
      </div>
      <div className="grid">
        {points.map(([title, text]) => (
          <section className="card" key={title}>
            <h2>{title}</h2>
            <p className="muted">{text}</p>
          </section>
        ))}
      </div>
      <section className="card" aria-labelledby="service">
        <h2 id="service">Service status</h2>
        <ServiceState />
      </section>
    </Page>
  );
}
