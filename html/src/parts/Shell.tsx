// SPDX-License-Identifier: MIT

// What surrounds each page: a way past the navigation, the navigation, and
// the one <main>.

import type { ReactNode } from 'react';
import { Link, NavLink } from 'react-router-dom';

import { useAuth } from '../auth';
import { paths } from '../routes';
import { Logo } from './Logo';
import { useKeep } from './useKeep';

export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <div className="bar-inner">
          <Link className="brand" to={paths.home}>
            <Logo /> OAuth 2 <span>for nginx</span>
          </Link>
          <Navigation />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        Served by nginx. Your session is a cookie that no script can read.
      </footer>
    </>
  );
}

function Navigation() {
  const keep = useKeep();
  const { user } = useAuth();

  if (user === 'loading') {
    return null;
  }

  return (
    <nav aria-label="Account">
      {user === null ? (
        <>
          <NavLink to={keep(paths.login)}>Sign in</NavLink>
          <NavLink to={keep(paths.register)}>Sign up</NavLink>
        </>
      ) : (
        <NavLink to={paths.dashboard}>Dashboard</NavLink>
      )}
    </nav>
  );
}
