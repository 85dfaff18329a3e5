// SPDX-License-Identifier: MIT

// Every request that the pages make.  The session is an HttpOnly cookie that
// the browser keeps; the tokens in the answer to a login are never read.

import { problemOf } from './lib/problem';

const deadline = 20_000;

export interface User {
  id: string;
  email: string;
  username: string | null;
  first_name: string | null;
  last_name: string | null;
  is_verified: boolean;
  created_at: string;
}

export interface Names {
  username: string | null;
  first_name: string | null;
  last_name: string | null;
}

export interface Registration {
  email: string;
  password: string;
  username?: string;
  first_name?: string;
  last_name?: string;
}

export interface Registered {
  email: string;
  verification_email_sent: boolean;
  message: string;
  method: string;
}

export interface Done {
  message: string;
  method: string;
}

export interface Health {
  status: string;
  database: string;
  worker: string;
  version: string;
}

export interface TemporalStatus {
  temporal_connected: boolean;
  namespace: string | null;
  task_queue: string | null;
}

export interface Grant {
  client_id: string;
  client_name: string;
  scope: string;
  granted_at: string;
  last_used_at: string | null;
}

export const api = {
  register: (body: Registration) => call<Registered>('POST', '/auth/register', body),
  verifyEmail: (token: string) => call<Done>('POST', '/auth/verify-email', { token }),
  resendVerification: (email: string) =>
    call<Done>('POST', '/auth/verify-email/resend', { email }),
  login: (email: string, password: string) =>
    discard('POST', '/auth/login', { email, password }),
  requestReset: (email: string) =>
    call<Done>('POST', '/auth/password-reset/request', { email }),
  confirmReset: (token: string, new_password: string) =>
    call<Done>('POST', '/auth/password-reset/confirm', { token, new_password }),
  me: () => call<User>('GET', '/users/me'),
  updateMe: (body: Names) => call<User>('PUT', '/users/me', body),
  grants: () => call<{ items: Grant[] }>('GET', '/users/me/grants'),
  revokeGrant: (client_id: string) =>
    discard('DELETE', `/users/me/grants?client_id=${encodeURIComponent(client_id)}`),
  health: () => call<Health>('GET', '/health'),
  temporalStatus: () => call<TemporalStatus>('GET', '/temporal-status'),
};

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await send(method, path, body);
  const answer = await json(response);

  if (!response.ok || answer === null) {
    throw problemOf(response.status, answer);
  }

  return answer as T;
}

async function discard(method: string, path: string, body?: object): Promise<void> {
  const response = await send(method, path, body);

  if (!response.ok) {
    throw problemOf(response.status, await json(response));
  }

  await response.body?.cancel();
}

async function send(method: string, path: string, body?: object): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const init: RequestInit = {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(deadline),
  };

  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }

  try {
    return await fetch(path, init);
  } catch (error) {
    const slow = error instanceof DOMException && error.name === 'TimeoutError';

    throw problemOf(0, { code: slow ? 'timeout' : 'unreachable' });
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return null;
  }
}
