// SPDX-License-Identifier: MIT

// Which way an operation went: through Temporal, or directly because Temporal
// was away.  The result is the same.

export function Method({ name }: { name: string }) {
  const how =
    name === 'temporal_workflow'
      ? 'a durable Temporal workflow did this'
      : 'done directly, without Temporal';

  return (
    <p className="method">
      Method: <code id="method">{name}</code> <span className="muted">({how})</span>
    </p>
  );
}
