// SPDX-License-Identifier: MIT

// Shown when a page fails, or cannot be loaded (as after an update, when the
// file it needs has a new name).  Stands alone: it is not loaded on demand.

import { Component } from 'react';
import type { ReactNode } from 'react';

import { paths } from '../routes';

interface Props {
  children: ReactNode;
}

interface State {
  failed: boolean;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <ErrorPage /> : this.props.children;
  }
}

export function ErrorPage() {
  return (
    <main id="main">
      <div className="page page-narrow" role="alert">
        <div className="page-head">
          <h1>This page failed</h1>
          <p className="lead">
            It could not be shown, perhaps because a newer version is there. Nothing you sent is
            lost on our side.
          </p>
        </div>
        <div className="actions">
          <button
            type="button"
            className="button button-main"
            onClick={() => window.location.reload()}
          >
            Load it again
          </button>
          <a className="button" href={paths.home}>
            Home
          </a>
        </div>
      </div>
    </main>
  );
}
