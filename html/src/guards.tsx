// SPDX-License-Identifier: MIT

// Which pages are for whom.  The guards spare a detour; they protect nothing:
// what a page may see, the server decides at each request.

import { useEffect } from 'react';
import { Navigate, Outlet, useLocation, useSearchParams } from 'react-router-dom';

import { useAuth } from './auth';
import { safeNext } from './lib/next';
import { Loading } from './parts/Loading';
import { paths } from './routes';

export function RequireUser() {
  const { user } = useAuth();
  const { pathname, search } = useLocation();

  if (user === 'loading') {
    return <Loading />;
  }

  if (user === null) {
    const next = encodeURIComponent(pathname + search);

    return <Navigate to={`${paths.login}?next=${next}`} replace />;
  }

  return <Outlet />;
}

// Who is signed in goes straight on.

export function RequireGuest() {
  const { user } = useAuth();
  const [query] = useSearchParams();
  const next = safeNext(query.get('next'));
  const known = user !== null && user !== 'loading';

  useEffect(() => {
    if (known && next !== null) {
      window.location.replace(next);
    }
  }, [known, next]);

  if (known) {
    return next === null ? <Navigate to={paths.dashboard} replace /> : <Loading />;
  }

  return user === 'loading' ? <Loading /> : <Outlet />;
}
