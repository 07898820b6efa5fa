import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const notBuilt = `<!doctype html><html lang="en"><title>Parley</title><h1>The web client is not built</h1>
<p>Run <code>npm run build:web</code> and reload this page. The API works.</p></html>`;

/** What a page may load and do. No text becomes markup or script but through the client's one policy, which lets nothing pass but names of characters. */
const policy = [
  "default-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

/** Serves the web client; every path that is not a file or the API is a page of it. */
export async function serveWeb(app: FastifyInstance, webRoot: string): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
  if (!existsSync(join(webRoot, 'index.html'))) {
    app.get('/', (_request, reply) => reply.type('text/html').send(notBuilt));
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    // The build lays a .br and a .gz beside what is worth compressing.
    preCompressed: true,
    setHeaders: (response, path) => {
      // Names of built assets carry a hash of what is in them.
      const isHashed = path.startsWith(join(webRoot, 'assets', sep));
      response.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const page of ['/c/*', '/invite/:code', '/settings', '/threads', '/mentions', '/signin', '/reset', '/verify']) {
    app.get(page, (_request, reply) => reply.sendFile('index.html'));
  }
}
