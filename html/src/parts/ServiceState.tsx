// SPDX-License-Identifier: MIT

// What /health and /temporal-status say, in four lines.

import { useEffect, useState } from 'react';

import { api } from '../api';
import type { Health, TemporalStatus } from '../api';
import { asProblem } from '../lib/problem';

type Mood = 'good' | 'bad' | 'waiting';
type Row = [name: string, mood: Mood, word: string];

const good = /^(healthy|ok)$/;

export function ServiceState() {
  const [health, setHealth] = useState<Health | 'waiting' | 'away' | 'unhealthy'>('waiting');
  const [temporal, setTemporal] = useState<TemporalStatus | 'waiting' | 'away'>('waiting');

  useEffect(() => {
    let current = true;
    const unless = (set: () => void) => (current ? set() : undefined);

    api.health().then(
      (answer) => unless(() => setHealth(answer)),
      (error: unknown) =>
        unless(() => setHealth(asProblem(error).status === 503 ? 'unhealthy' : 'away')),
    );
    api.temporalStatus().then(
      (answer) => unless(() => setTemporal(answer)),
      () => unless(() => setTemporal('away')),
    );

    return () => {
      current = false;
    };
  }, []);

  const pending = health === 'waiting' || temporal === 'waiting';

  return (
    <div role="status" aria-busy={pending}>
      <ul className="states">
        {[...healthRows(health), temporalRow(temporal)].map(([name, mood, word]) => (
          <li key={name}>
            <span className={`dot dot-${mood}`} aria-hidden="true" />
            <span>{name}</span>
            <span className="muted">{word}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function healthRows(health: Health | 'waiting' | 'away' | 'unhealthy'): Row[] {
  if (health === 'waiting') {
    return [['Service', 'waiting', 'asking…']];
  }

  if (health === 'away') {
    return [['Service', 'bad', 'cannot be reached']];
  }

  if (health === 'unhealthy') {
    return [['Service', 'bad', 'unhealthy']];
  }

  return [
    row('Service', health.status, ` · ${health.version}`),
    row('Database', health.database),
    row('Worker', health.worker),
  ];
}

function temporalRow(temporal: TemporalStatus | 'waiting' | 'away'): Row {
  if (temporal === 'waiting') {
    return ['Temporal', 'waiting', 'asking…'];
  }

  if (temporal === 'away' || !temporal.temporal_connected) {
    return ['Temporal', 'bad', 'away, operations run directly'];
  }

  const where = [temporal.namespace, temporal.task_queue].filter(Boolean);

  return ['Temporal', 'good', ['connected', ...where].join(' · ')];
}

function row(name: string, state: string, more = ''): Row {
  const mood = state === 'none' ? 'waiting' : good.test(state) ? 'good' : 'bad';

  return [name, mood, state + more];
}
