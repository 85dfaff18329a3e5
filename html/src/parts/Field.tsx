// SPDX-License-Identifier: MIT

// One field: label, input, hint and error, tied together for those who
// cannot see that they stand together.

import { useState } from 'react';
import type { HTMLInputAutoCompleteAttribute, ReactNode } from 'react';

import type { Form } from './useForm';

interface Props {
  form: Form;
  name: string;
  label: string;
  autoComplete: HTMLInputAutoCompleteAttribute;
  type?: 'text' | 'email' | 'password';
  hint?: ReactNode;
  optional?: boolean;
  defaultValue?: string;
  maxLength?: number;
}

export function Field(props: Props) {
  const { form, name, label, type = 'text', hint, optional = false } = props;
  const [shown, setShown] = useState(false);
  const error = form.failure?.fields[name];
  const secret = type === 'password';
  const described = [
    error === undefined ? null : `${name}-error`,
    hint === undefined ? null : `${name}-hint`,
  ].filter((id) => id !== null);

  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor={name}>{label}</label>
        {optional ? <span className="muted">optional</span> : null}
      </div>
      <div className="field-box">
        <input
          id={name}
          name={name}
          type={secret && shown ? 'text' : type}
          autoComplete={props.autoComplete}
          required={!optional}
          defaultValue={props.defaultValue}
          maxLength={props.maxLength}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={described.length === 0 ? undefined : described.join(' ')}
          autoCapitalize={type === 'text' && name.endsWith('_name') ? 'words' : 'none'}
          spellCheck={false}
        />
        {secret ? (
          <button
            type="button"
            className="reveal"
            aria-controls={name}
            aria-label={shown ? 'Hide password' : 'Show password'}
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </button>
        ) : null}
      </div>
      {error === undefined ? null : (
        <p className="field-error" id={`${name}-error`}>
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p className="field-hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
