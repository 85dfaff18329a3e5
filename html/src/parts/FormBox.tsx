// SPDX-License-Identifier: MIT

// A form with its message and its one button.  While a request runs the
// button stays focusable, so that the focus is not thrown to the body.

import type { ReactNode } from 'react';

import { Notice } from './Notice';
import type { Form } from './useForm';

interface Props {
  form: Form;
  submit: string;
  label: string;
  quiet?: boolean;
  danger?: boolean;
  children?: ReactNode;
  help?: ReactNode;
}

export function FormBox(props: Props) {
  const { form, submit, label, quiet = false, danger = false, children, help } = props;
  const message = form.failure?.message ?? null;
  const kind = danger ? 'button-danger' : quiet ? '' : 'button-main';

  return (
    <form
      ref={form.ref}
      onSubmit={form.onSubmit}
      method="post"
      noValidate
      aria-label={label}
      aria-busy={form.busy}
    >
      {message === null ? null : (
        <Notice kind="error">
          {message} {help}
        </Notice>
      )}
      {children}
      <button
        type="submit"
        className={`button ${kind}`}
        aria-disabled={form.busy}
      >
        {form.busy ? <span className="spinner" aria-hidden="true" /> : null}
        {submit}
      </button>
    </form>
  );
}
