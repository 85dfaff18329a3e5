// SPDX-License-Identifier: MIT

// Every path of the pages, and the page that is shown there.  Each page is a
// chunk of its own, loaded when it is first wanted.

import { Suspense, lazy } from 'react';
import { Route, Routes } from 'react-router-dom';

import { RequireGuest, RequireUser } from './guards';
import { Loading } from './parts/Loading';
import { Shell } from './parts/Shell';

export const paths = {
  home: '/',
  register: '/register',
  login: '/login',
  verifyEmail: '/verify-email',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  dashboard: '/dashboard',
  callback: '/callback',
} as const;

const Home = lazy(() => import('./pages/Home'));
const Register = lazy(() => import('./pages/Register'));
const Login = lazy(() => import('./pages/Login'));
const VerifyEmail = lazy(() => import('./pages/VerifyEmail'));
const ForgotPassword = lazy(() => import('./pages/ForgotPassword'));
const ResetPassword = lazy(() => import('./pages/ResetPassword'));
const Dashboard = lazy(() => import('./pages/Dashboard'));
const Callback = lazy(() => import('./pages/Callback'));
const NotFound = lazy(() => import('./pages/NotFound'));

export function Pages() {
  return (
    <Shell>
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path={paths.home} element={<Home />} />
          <Route path={paths.verifyEmail} element={<VerifyEmail />} />
          <Route path={paths.resetPassword} element={<ResetPassword />} />
          <Route path={paths.callback} element={<Callback />} />
          <Route element={<RequireGuest />}>
            <Route path={paths.register} element={<Register />} />
            <Route path={paths.login} element={<Login />} />
            <Route path={paths.forgotPassword} element={<ForgotPassword />} />
          </Route>
          <Route element={<RequireUser />}>
            <Route path={paths.dashboard} element={<Dashboard />} />
          </Route>
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
