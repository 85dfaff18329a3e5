// SPDX-License-Identifier: MIT

// The address of another page that a user may need on the way: with ?next=,
// where this one leads to.

import { useSearchParams } from 'react-router-dom';

export function useKeep(): (path: string) => string {
  const [query] = useSearchParams();
  const next = query.get('next');

  return (path) => (next === null ? path : `${path}?next=${encodeURIComponent(next)}`);
}
