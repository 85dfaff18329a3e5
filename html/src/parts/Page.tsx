// SPDX-License-Identifier: MIT

// A page's frame: the document's title, and the heading that gets the focus
// when a navigation, or a result, brings a new one.  The first page after a
// load leaves the focus where the browser puts it.

import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  lead?: ReactNode;
  size?: 'narrow' | 'wide';
  children?: ReactNode;
}

let loaded = false;

export function Page({ title, lead, size = 'narrow', children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · OAuth 2 for nginx`;

    if (loaded) {
      heading.current?.focus();
    }

    loaded = true;
  }, [title]);

  return (
    <div className={`page page-${size}`}>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead === undefined ? null : <p className="lead">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
