// SPDX-License-Identifier: MIT

// What takes the place of a form that did its work: the server's message,
// the method, and where to go from here.

import type { ReactNode } from 'react';

import type { Done } from '../api';
import { Method } from './Method';
import { Notice } from './Notice';
import { Page } from './Page';

interface Props {
  title: string;
  done: Done;
  text?: ReactNode;
  children: ReactNode;
}

export function DonePage({ title, done, text, children }: Props) {
  return (
    <Page title={title}>
      <div className="card">
        <Notice kind="success">
          <p>{done.message}</p>
          <Method name={done.method} />
        </Notice>
        {text === undefined ? null : <p>{text}</p>}
        <div className="actions">{children}</div>
      </div>
    </Page>
  );
}
