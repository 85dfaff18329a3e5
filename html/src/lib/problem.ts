// SPDX-License-Identifier: MIT

// An answer that is not a success.  The server tells errors as RFC 9457
// problems; their details are for developers, so known codes get a sentence
// for people here, and the errors of single fields come through as they are.

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface ProblemBody {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  errors?: unknown;
}

const sentences: Record<string, string> = {
  account_disabled: 'This account is disabled.',
  busy: 'The service is busy right now. Please try again in a moment.',
  email_not_verified: 'Your email address is not verified yet.',
  invalid_credentials: 'That email address and password do not match.',
  invalid_fields: 'Please check the marked fields.',
  invalid_token: 'This link is wrong, was used before, or has expired.',
  server_error: 'Something went wrong on our side. Please try again.',
  temporarily_unavailable: 'The service is unavailable right now. Please try again in a moment.',
  too_many_requests: 'Too many attempts. Please wait a moment and try again.',
  timeout: 'The service took too long to answer. Please try again.',
  unauthenticated: 'Your session has ended. Please sign in again.',
  unknown_transaction: 'This request has ended or expired. Start again from the app.',
  unreachable: 'The service cannot be reached. Check your connection and try again.',
};

// Errors that are about one field although they have a code of their own.
const fieldCodes: Record<string, readonly [field: string, sentence: string]> = {
  user_exists: ['email', 'There is an account with this email address already.'],
  username_taken: ['username', 'This username is taken.'],
};

class ProblemError extends Error implements Problem {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.name = 'ProblemError';
  }
}

export function problemOf(status: number, body: unknown): Problem & Error {
  const { code, detail, title, errors } = (body ?? {}) as ProblemBody;
  const name = text(code) ?? statusCode(status);
  const known = Object.hasOwn(sentences, name) ? sentences[name] : undefined;
  const message = known ?? text(detail) ?? text(title) ?? `The service answered ${status}.`;

  return new ProblemError(status, name, message, { ...fieldOf(name), ...fieldsOf(errors) });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) {
    return error;
  }

  console.error(error);
  return problemOf(0, { code: 'client_error', detail: 'Something went wrong in this page.' });
}

// Not every answer is ours: nginx itself limits rates and lacks upstreams.
function statusCode(status: number): string {
  if (status === 429) {
    return 'too_many_requests';
  }

  return status >= 500 ? 'server_error' : 'unknown';
}

function fieldOf(code: string): Record<string, string> {
  const row = Object.hasOwn(fieldCodes, code) ? fieldCodes[code] : undefined;

  return row === undefined ? {} : { [row[0]]: row[1] };
}

// Pointers are RFC 6901; our fields are all members of the top object.
function fieldsOf(errors: unknown): Record<string, string> {
  const fields: Record<string, string> = {};

  for (const error of Array.isArray(errors) ? errors : []) {
    const { pointer, detail } = (error ?? {}) as { pointer?: unknown; detail?: unknown };
    const name = text(pointer)?.replace(/^#?\//, '');

    if (name !== undefined && !(name in fields)) {
      fields[name] = text(detail) ?? 'This is not acceptable.';
    }
  }

  return fields;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
