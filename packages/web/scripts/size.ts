import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a first visit may cost in JavaScript, compressed: a second on a slow phone connection. */
const maxBytes = 80 * 1024;

const site = join(import.meta.dirname, '../dist/site');
const page = readFileSync(join(site, 'index.html'), 'utf8');
// The entry and everything the page preloads with it; what is imported lazily is not named there.
const scripts = [...page.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].flatMap(([, path]) =>
  path === undefined ? [] : [path],
);
let total = 0;
for (const script of scripts) {
  const bytes = gzipSync(readFileSync(join(site, script)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${script}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  initial JavaScript, gzip (limit ${maxBytes / 1024} KB)`);
if (total > maxBytes || scripts.length === 0) {
  console.error('The initial JavaScript is over its limit.');
  process.exitCode = 1;
}
