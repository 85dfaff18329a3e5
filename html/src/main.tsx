// SPDX-License-Identifier: MIT

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';

import { AuthProvider } from './auth';
import { ErrorBoundary } from './pages/ErrorPage';
import { Pages } from './routes';
import './styles/main.css';

const root = document.getElementById('root');

if (root === null) {
  throw new Error('no element with id "root"');
}

createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <ErrorBoundary>
        <AuthProvider>
          <Pages />
        </AuthProvider>
      </ErrorBoundary>
    </BrowserRouter>
  </StrictMode>,
);
