// SPDX-License-Identifier: MIT

// Measures what the browser loads to show /login, compressed by gzip -6,
// and fails above the budget:  npm run budget -- <dist>
//
// That is index.html, the entry, the chunk of the page, all that these import
// statically, and their style sheets.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const page = 'src/pages/Login.tsx';
const budget = 70_000;
const dist = process.argv[2] ?? 'dist';
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const files = new Set(['index.html']);

function add(name) {
  const chunk = manifest[name];

  if (chunk === undefined) {
    throw new Error(`"${name}" is not in the manifest`);
  }

  if (!files.has(chunk.file)) {
    files.add(chunk.file);
    (chunk.css ?? []).forEach((file) => files.add(file));
    (chunk.imports ?? []).forEach(add);
  }
}

add('index.html');
add(page);

let total = 0;

for (const file of files) {
  const size = gzipSync(readFileSync(join(dist, file)), { level: 6 }).length;

  total += size;
  console.log(`${String(size).padStart(7)}  ${file}`);
}

console.log(`${String(total).padStart(7)}  in all, of ${budget} bytes gzip`);

if (total > budget) {
  console.error('over budget');
  process.exitCode = 1;
}
