// SPDX-License-Identifier: MIT

// How the server's errors reach the pages, good documents and bad ones.

import { expect, test, vi } from 'vitest';

import { asProblem, problemOf } from './problem';

test('a known code gets a sentence for people', () => {
  const problem = problemOf(401, { code: 'invalid_credentials', detail: 'For developers.' });

  expect(problem.message).toBe('That email address and password do not match.');
  expect(problem.fields).toEqual({});
});

test('an unknown code shows the detail, or the title, or the status', () => {
  expect(problemOf(400, { code: 'new', title: 'T', detail: 'D' }).message).toBe('D');
  expect(problemOf(400, { code: 'constructor', title: 'T' }).message).toBe('T');
  expect(problemOf(418, null).message).toBe('The service answered 418.');
});

test('an answer without a document is told by its status', () => {
  expect(problemOf(502, null).code).toBe('server_error');
  expect(problemOf(429, null).message).toMatch(/^Too many attempts/);
});

test('pointers become fields, the first complaint of each counts', () => {
  const errors = [
    { pointer: '/email', detail: 'First.' },
    { pointer: '/email', detail: 'Second.' },
    { pointer: '#/password', detail: 'Short.' },
    { detail: 'Nowhere.' },
    null,
    7,
  ];

  expect(problemOf(422, { code: 'invalid_fields', errors }).fields).toEqual({
    email: 'First.',
    password: 'Short.',
  });
  expect(problemOf(422, { code: 'invalid_fields', errors: 'x' }).fields).toEqual({});
});

test('a taken name is an error of its field', () => {
  expect(problemOf(409, { code: 'user_exists' }).fields).toHaveProperty('email');
  expect(problemOf(409, { code: 'username_taken' }).fields).toHaveProperty('username');
});

test('anything else that is thrown is a fault of the page, and logged', () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);

  expect(asProblem(new TypeError('x')).code).toBe('client_error');
  expect(log).toHaveBeenCalledOnce();
  expect(asProblem(problemOf(503, { code: 'busy' })).code).toBe('busy');
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});
