// SPDX-License-Identifier: MIT

// Asks whether an application may act for the user.  The answer is a real
// form post, so that the browser itself follows the redirect to the app.

import { useEffect, useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router-dom';

import { api } from '../api';
import type { Transaction } from '../api';
import { asProblem } from '../lib/problem';
import type { Problem } from '../lib/problem';
import { scopeSentence } from '../lib/scopes';
import { Loading } from '../parts/Loading';
import { Notice } from '../parts/Notice';
import { Page } from '../parts/Page';
import { paths } from '../routes';

export default function Consent() {
  const [query] = useSearchParams();
  const id = query.get('transaction') ?? '';
  const [found, setFound] = useState<Transaction | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    let current = true;

    api.transaction(id).then(
      (answer) => (current ? setFound(answer) : undefined),
      (error: unknown) => (current ? setProblem(asProblem(error)) : undefined),
    );

    return () => {
      current = false;
    };
  }, [id]);

  if (problem?.status === 401) {
    const next = encodeURIComponent(`${paths.consent}?transaction=${encodeURIComponent(id)}`);

    return <Navigate to={`${paths.login}?next=${next}`} replace />;
  }

  if (problem !== null) {
    return (
      <Page title="Nothing to allow">
        <Notice kind="error">{problem.message}</Notice>
        <div className="actions">
          <Link className="button" to={paths.home}>
            Home
          </Link>
        </div>
      </Page>
    );
  }

  return found === null ? <Loading /> : <Question found={found} />;
}

function Question({ found }: { found: Transaction }) {
  const name = found.client_name;

  return (
    <Page title={`Allow ${name}?`}>
      <form className="card" method="post" action="/oauth/authorize" aria-label="Consent">
        <p>
          <strong>{name}</strong> asks for access to your account{' '}
          <strong>{found.user.email}</strong>. It will be able to:
        </p>
        <ul className="scopes">
          {found.scopes.map((scope) => (
            <Scope key={scope} scope={scope} />
          ))}
        </ul>
        <p className="muted">
          Either way you go back to <strong>{found.redirect_host}</strong>. It never sees your
          password.
        </p>
        <input type="hidden" name="transaction" value={found.transaction} />
        <input type="hidden" name="csrf" value={found.csrf} />
        <div className="actions actions-even">
          <button type="submit" className="button" id="deny" name="decision" value="deny">
            Deny
          </button>
          <button
            type="submit"
            className="button button-main"
            id="allow"
            name="decision"
            value="allow"
          >
            Allow
          </button>
        </div>
      </form>
    </Page>
  );
}

function Scope({ scope }: { scope: string }) {
  const sentence = scopeSentence(scope);

  return (
    <li>
      {sentence ?? 'Use the permission'} <code>{scope}</code>
    </li>
  );
}
