// SPDX-License-Identifier: MIT

// /docs: the document of docs/openapi.yaml, to read and to try.  The viewer
// is one file as its makers built it, which nothing else here loads.

import 'swagger-ui-dist/swagger-ui.css';
import viewer from 'swagger-ui-dist/swagger-ui-bundle.js?url';

declare global {
  interface Window {
    SwaggerUIBundle: (settings: Record<string, unknown>) => unknown;
  }
}

const script = document.createElement('script');

script.src = viewer;
script.addEventListener('load', () => {
  window.SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#docs',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
  });
});
document.head.append(script);
