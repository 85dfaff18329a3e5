// SPDX-License-Identifier: MIT

// The apps that the user has connected, each with what it may do, and a way
// to take that back, which asks once more.

import { useCallback, useEffect, useRef, useState } from 'react';

import { api } from '../api';
import type { Grant } from '../api';
import { asProblem } from '../lib/problem';
import { scopeSentences } from '../lib/scopes';
import { FormBox } from './FormBox';
import { Notice } from './Notice';
import { useForm } from './useForm';

type State = Grant[] | 'loading' | { failure: string };

export function Apps() {
  const [apps, setApps] = useState<State>('loading');
  const [done, setDone] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  const load = useCallback(async () => {
    try {
      setApps((await api.grants()).items);
    } catch (error) {
      setApps({ failure: asProblem(error).message });
    }
  }, []);

  useEffect(() => void load(), [load]);

  const disconnect = async (app: Grant) => {
    await api.revokeGrant(app.client_id);
    setDone(`${app.client_name} is disconnected.`);
    heading.current?.focus();
    await load();
  };

  return (
    <section className="card" aria-labelledby="apps" aria-busy={apps === 'loading'}>
      <h2 id="apps" ref={heading} tabIndex={-1}>
        Connected apps
      </h2>
      {done === null ? null : <Notice kind="success">{done}</Notice>}
      {apps === 'loading' ? <p className="muted">Asking…</p> : null}
      {Array.isArray(apps) ? <List apps={apps} disconnect={disconnect} /> : null}
      {typeof apps === 'object' && 'failure' in apps ? (
        <>
          <Notice kind="error">{apps.failure}</Notice>
          <div className="actions">
            <button type="button" className="button" onClick={() => void load()}>
              Try again
            </button>
          </div>
        </>
      ) : null}
    </section>
  );
}

interface Disconnect {
  disconnect: (app: Grant) => Promise<void>;
}

function List({ apps, disconnect }: { apps: Grant[] } & Disconnect) {
  if (apps.length === 0) {
    return (
      <p className="muted">
        No app has access to your account. When you allow one, it is listed here.
      </p>
    );
  }

  return (
    <ul className="apps">
      {apps.map((app) => (
        <li key={app.client_id}>
          <App app={app} disconnect={disconnect} />
        </li>
      ))}
    </ul>
  );
}

function App({ app, disconnect }: { app: Grant } & Disconnect) {
  const [asking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const form = useForm(() => disconnect(app));

  const keep = () => {
    setAsking(false);
    first.current?.focus();
  };

  return (
    <>
      <h3>
        <bdi>{app.client_name}</bdi>
      </h3>
      <p className="muted">
        Since <Day at={app.granted_at} />
        {app.last_used_at === null ? null : (
          <>
            {' · last used '}
            <Day at={app.last_used_at} />
          </>
        )}
      </p>
      <ul className="plain">
        {scopeSentences(app.scope).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <button
        ref={first}
        type="button"
        className="button button-small"
        aria-expanded={asking}
        aria-label={`Disconnect ${app.client_name}`}
        onClick={() => setAsking(!asking)}
      >
        Disconnect
      </button>
      {asking ? (
        <div className="confirm" role="group" aria-label={`Disconnect ${app.client_name}?`}>
          <p>It loses its access at once. You can allow it again when it asks.</p>
          <FormBox form={form} submit="Yes, disconnect" label="Disconnect" danger />
          <button type="button" className="button" onClick={keep}>
            Keep it
          </button>
        </div>
      ) : null}
    </>
  );
}

function Day({ at }: { at: string }) {
  const day = new Date(at).toLocaleDateString('en', { dateStyle: 'medium' });

  return <time dateTime={at}>{day}</time>;
}
