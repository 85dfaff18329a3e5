// SPDX-License-Identifier: MIT

import { expect, test } from 'vitest';

import { scopeSentences } from './scopes';

test('scopes are told in words', () => {
  expect(scopeSentences('read offline_access')).toEqual([
    'Read your data',
    'Stay connected while you are away, until you disconnect it',
  ]);
});

test('a scope without a sentence is named, whatever its name is', () => {
  expect(scopeSentences('constructor  billing:write')).toEqual([
    'Use “constructor”',
    'Use “billing:write”',
  ]);
  expect(scopeSentences('')).toEqual([]);
});
