// SPDX-License-Identifier: MIT

// The life of a form: nothing is sent while a required field is empty, one
// request at a time, and after a failure the focus goes to the first field
// that has an error, or else to the message.  The inputs keep their own
// values; the server alone decides whether they are acceptable.

import { useEffect, useRef, useState } from 'react';
import type { FormEvent, RefObject } from 'react';

import { asProblem } from '../lib/problem';
import type { Problem } from '../lib/problem';

export type Read = (name: string) => string;

export interface Failure {
  readonly fields: Readonly<Record<string, string>>;
  readonly message: string | null;
  readonly code: string;
}

export interface Form {
  readonly ref: RefObject<HTMLFormElement>;
  readonly failure: Failure | null;
  readonly busy: boolean;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

export function useForm(send: (read: Read) => Promise<void>): Form {
  const ref = useRef<HTMLFormElement>(null);
  const sending = useRef(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  useEffect(() => {
    if (failure !== null) {
      const form = ref.current;
      const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');

      (field ?? form?.querySelector<HTMLElement>('[role="alert"]'))?.focus();
    }
  }, [failure]);

  const submit = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const missing = missingFields(form);

    if (Object.keys(missing).length > 0) {
      setFailure({ fields: missing, message: null, code: 'missing' });
      return;
    }

    sending.current = true;
    setBusy(true);

    try {
      await send((name) => String(data.get(name) ?? ''));
      setFailure(null);
    } catch (error) {
      setFailure(failureOf(form, asProblem(error)));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();

    if (!sending.current) {
      void submit(event.currentTarget);
    }
  };

  return { ref, failure, busy, onSubmit };
}

function missingFields(form: HTMLFormElement): Record<string, string> {
  const missing: Record<string, string> = {};

  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && element.required && element.value.trim() === '') {
      const label = element.labels?.[0]?.textContent ?? element.name;

      missing[element.name] = `Enter your ${label.charAt(0).toLowerCase()}${label.slice(1)}.`;
    }
  }

  return missing;
}

// Complaints about fields that this form does not show join the message.
function failureOf(form: HTMLFormElement, problem: Problem): Failure {
  const fields: Record<string, string> = {};
  const others: string[] = [];

  for (const [name, detail] of Object.entries(problem.fields)) {
    if (form.elements.namedItem(name) === null) {
      others.push(detail);
    } else {
      fields[name] = detail;
    }
  }

  const told = Object.keys(fields).length > 0 && others.length === 0;
  const message = told ? null : [problem.message, ...others].join(' ');

  return { fields, message, code: problem.code };
}
