// SPDX-License-Identifier: MIT

// The bundle: everything a page loads is a file of our own under /assets/,
// nothing is inline, so that the strictest Content-Security-Policy holds.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';

const server = 'http://localhost:8000';

const viewer = './node_modules/swagger-ui-dist/';

function read(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
}

// docs/openapi.yaml as /openapi.json, and the licences of what shows it.
function documentation(): Plugin {
  return {
    name: 'documentation',
    generateBundle() {
      const document = parse(read('../docs/openapi.yaml'), { merge: true, maxAliasCount: -1 });

      delete document['x-shared'];
      this.emitFile({
        type: 'asset',
        fileName: 'openapi.json',
        source: JSON.stringify(document),
      });

      for (const name of ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt']) {
        this.emitFile({
          type: 'asset',
          fileName: `assets/swagger-ui/${name}`,
          source: read(viewer + name),
        });
      }
    },
  };
}

export default defineConfig({
  base: '/',
  plugins: [documentation()],
  // The notices that the licences of React and React Router want kept.
  esbuild: { legalComments: 'inline' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    // 1.4 kB less at the sign-in page than esbuild's, which the budget is glad of.
    minify: 'terser',
    terserOptions: { compress: { passes: 2 } },
    reportCompressedSize: false,
    rollupOptions: {
      input: ['index.html', 'docs.html'],
      // React Router's files begin with "use client", which means nothing here.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') {
          warn(warning);
        }
      },
    },
  },
  server: {
    port: 3001,
    proxy: {
      '/auth': server,
      '/users': server,
      '/oauth': server,
      '/health': server,
      '/temporal-status': server,
    },
  },
});
