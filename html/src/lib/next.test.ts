// SPDX-License-Identifier: MIT

// Where ?next= may lead: a path on this origin and nothing else.

import { expect, test } from 'vitest';

import { safeNext } from './next';

test.each(['/', '/dashboard', '/oauth/authorize?client_id=a&redirect_uri=http://b/c', '/a//b'])(
  'follows %j',
  (path) => expect(safeNext(path)).toBe(path),
);

test.each([
  null,
  '',
  'dashboard',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  ' /dashboard',
  '/\t/evil.example',
  '/\n/evil.example',
  '/a\u0000',
])('refuses %j', (path) => expect(safeNext(path)).toBeNull());

// The rule is stated about text; this holds it against the parser that counts.
test('what is followed stays on the origin', () => {
  const origin = 'https://auth.example';
  const parts = ['/', '\\', '\t', '@', ':', '.', '?', '#', 'evil.example', ' '];

  for (const a of parts) {
    for (const b of parts) {
      for (const c of parts) {
        const path = safeNext(`/${a}${b}${c}`);

        if (path !== null) {
          expect(new URL(path, origin).origin).toBe(origin);
        }
      }
    }
  }
});
