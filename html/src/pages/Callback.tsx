// SPDX-License-Identifier: MIT

// Stands in for an application: the demo client's redirect URI.  It shows
// what came back and how an application would go on.

import { useLocation, useSearchParams } from 'react-router-dom';

import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';

const members = ['code', 'error', 'error_description', 'state', 'iss'];

export default function Callback() {
  const [query] = useSearchParams();
  const { pathname } = useLocation();
  const code = query.get('code');
  const error = query.get('error');
  const rows = members.flatMap((name) => {
    const value = query.get(name);

    return value === null ? [] : [[name, value] as const];
  });

  return (
    <Page
      title="Back at the demo app"
      lead="An application of your own would stand here. This one shows what it was sent."
      size="wide"
    >
      <Result code={code} error={error} />
      {rows.length === 0 ? null : (
        <section className="card" aria-labelledby="received">
          <h2 id="received">Received</h2>
          <dl className="facts">
            {rows.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code id={name}>{value}</code>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {code === null ? null : <Exchange code={code} path={pathname} />}
    </Page>
  );
}

function Result({ code, error }: { code: string | null; error: string | null }) {
  if (error === 'access_denied') {
    return <Notice kind="info">Access was denied. The app gets no code.</Notice>;
  }

  if (error !== null) {
    return <Notice kind="error">The request was refused. The app gets no code.</Notice>;
  }

  if (code === null) {
    return <Notice kind="info">No answer in this address. Start from an application.</Notice>;
  }

  return (
    <Notice kind="success">
      The app got an authorization code. It works once, for this app, and not for long.
    </Notice>
  );
}

function Exchange({ code, path }: { code: string; path: string }) {
  const { origin } = window.location;
  const lines = [
    `curl -s ${origin}/oauth/token`,
    "-u 'CLIENT_ID:CLIENT_SECRET'",
    '-d grant_type=authorization_code',
    `-d code=${encodeURIComponent(code)}`,
    `-d redirect_uri=${encodeURIComponent(origin + path)}`,
    '-d code_verifier=VERIFIER',
  ];

  return (
    <section className="card" aria-labelledby="exchange">
      <h2 id="exchange">What the app does next</h2>
      <p>On its server, it trades the code for tokens:</p>
      <pre tabIndex={0} aria-label="Command">
        <code>{lines.join(' \\\n  ')}</code>
      </pre>
    </section>
  );
}
