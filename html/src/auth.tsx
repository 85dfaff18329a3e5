// SPDX-License-Identifier: MIT

// Who is signed in, as the server says: a user, null for nobody, 'loading'
// until it has answered.  Nothing is kept beyond the memory of the page.

import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { api } from './api';
import type { User } from './api';
import { asProblem } from './lib/problem';

interface Auth {
  user: User | null | 'loading';
  login: (email: string, password: string) => Promise<void>;
  refresh: () => Promise<void>;
}

const AuthContext = createContext<Auth | null>(null);

export function AuthProvider({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<Auth['user']>('loading');

  const refresh = useCallback(async () => {
    try {
      setUser(await api.me());
    } catch (error) {
      setUser(null);
      if (asProblem(error).status !== 401) {
        throw error;
      }
    }
  }, []);

  // The user comes from the session and not from the answer to the login,
  // so that a cookie which the browser refused is noticed at once.
  const login = useCallback(async (email: string, password: string) => {
    await api.login(email, password);
    setUser(await api.me());
  }, []);

  useEffect(() => {
    const ask = () => void refresh().catch(() => undefined);
    const shown = (event: PageTransitionEvent) => {
      // A page from the browser's back-forward cache may be of a session
      // that has ended since.
      if (event.persisted) {
        ask();
      }
    };

    ask();
    window.addEventListener('pageshow', shown);
    return () => window.removeEventListener('pageshow', shown);
  }, [refresh]);

  const auth = useMemo(
    () => ({ user, login, refresh }),
    [user, login, refresh],
  );

  return <AuthContext.Provider value={auth}>{children}</AuthContext.Provider>;
}

export function useAuth(): Auth {
  const auth = useContext(AuthContext);

  if (auth === null) {
    throw new Error('useAuth outside of AuthProvider');
  }

  return auth;
}
