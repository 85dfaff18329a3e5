// SPDX-License-Identifier: MIT

// What scopes mean, in the words of the consent page; one that has none is
// named as it is.

import sentences from '../../plain/scopes.json';

const known: Readonly<Record<string, string>> = sentences;

export function scopeSentences(scope: string): string[] {
  return scope
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => (Object.hasOwn(known, name) ? known[name] : undefined) ?? `Use “${name}”`);
}
