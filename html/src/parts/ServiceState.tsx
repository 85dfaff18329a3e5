// SPDX-License-Identifier: MIT

// What /health and /temporal-status say, in four lines.

import { useEffect, useState } from 'react';

import { api } from '../api';
import type { Health, TemporalStatus } from '../api';

type Mood = 'good' | 'bad' | 'waiting';
type Row = [name: string, mood: Mood, word: string];

const good = /^(healthy|ok|up|connected|ready|running|available|reachable|true)$/i;

export function ServiceState() {
  const [health, setHealth] = useState<Health | 'waiting' | 'away'>('waiting');
  const [temporal, setTemporal] = useState<TemporalStatus | 'waiting' | 'away'>('waiting');

  useEffect(() => {
    let current = true;
    const unless = (set: () => void) => (current ? set() : undefined);

    api.health().then(
      (answer) => unless(() => setHealth(answer)),
      () => unless(() => setHealth('away')),
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
    <ul className="states" role="status" aria-busy={pending} aria-label="Service state">
      {[...healthRows(health), temporalRow(temporal)].map(([name, mood, word]) => (
        <li key={name}>
          <span className={`dot dot-${mood}`} aria-hidden="true" />
          <span>{name}</span>
          <span className="muted">{word}</span>
        </li>
      ))}
    </ul>
  );
}

function healthRows(health: Health | 'waiting' | 'away'): Row[] {
  if (health === 'waiting') {
    return [['Service', 'waiting', 'asking…']];
  }

  if (health === 'away') {
    return [['Service', 'bad', 'cannot be reached']];
  }

  const version = health.version === undefined ? '' : ` · ${health.version}`;

  return [
    row('Service', health.status, version),
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

  const where = [temporal.namespace, temporal.task_queue].filter((word) => word !== undefined);

  return ['Temporal', 'good', ['connected', ...where].join(' · ')];
}

function row(name: string, state: unknown, more = ''): Row {
  const inner =
    typeof state === 'object' && state !== null && 'status' in state ? state.status : state;
  const word = inner === undefined || inner === null ? 'unknown' : String(inner);

  return [name, good.test(word) ? 'good' : 'bad', word + more];
}
