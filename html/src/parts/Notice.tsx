// SPDX-License-Identifier: MIT

// A result that is read out when it appears: errors at once, the rest when
// the reader is done with its sentence.

import type { ReactNode } from 'react';

interface Props {
  kind: 'error' | 'success' | 'info';
  children: ReactNode;
}

const icons = {
  error: 'M12 7v6m0 3.5v.1',
  success: 'm7.5 12.5 3 3 6-7',
  info: 'M12 11v6m0-9.6v.1',
};

export function Notice({ kind, children }: Props) {
  const role = kind === 'error' ? 'alert' : 'status';

  return (
    <div className={`notice notice-${kind}`} role={role} tabIndex={-1}>
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <circle cx="12" cy="12" r="10" />
        <path d={icons[kind]} />
      </svg>
      <div>{children}</div>
    </div>
  );
}
