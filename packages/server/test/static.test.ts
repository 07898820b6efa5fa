import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type FastifyInstance, fastify } from 'fastify';
import { serveWeb } from '../src/http/static.ts';

describe('the web client’s files', () => {
  let folder = '';
  let app: FastifyInstance;

  before(async () => {
    // The folder's own path must not decide how long browsers keep a page.
    folder = join(await mkdtemp(join(tmpdir(), 'parley-')), 'assets', 'site');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), 'the page');
    await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'plain');
    await writeFile(join(folder, 'assets', 'app-1a2b.js.br'), 'brotli');
    await writeFile(join(folder, 'assets', 'app-1a2b.js.gz'), 'gzip');
    app = fastify();
    await app.register((site) => serveWeb(site, folder));
  });
  after(async () => {
    await app.close();
    await rm(join(folder, '..', '..'), { recursive: true });
  });

  const get = (url: string, encoding = 'identity') => app.inject({ url, headers: { 'accept-encoding': encoding } });

  it('reach a browser in the smallest form it can read', async () => {
    for (const [accepted, encoding, body] of [
      ['gzip, deflate, br', 'br', 'brotli'],
      ['gzip', 'gzip', 'gzip'],
      ['identity', undefined, 'plain'],
    ] as const) {
      const response = await get('/assets/app-1a2b.js', accepted);
      assert.equal(response.headers['content-encoding'], encoding);
      assert.equal(response.body, body);
      assert.match(String(response.headers['content-type']), /javascript/);
      assert.match(String(response.headers.vary), /accept-encoding/i, 'a shared cache must keep the forms apart');
    }
  });

  it('are kept for good where their name carries a hash, and asked for anew where it does not', async () => {
    assert.match(String((await get('/assets/app-1a2b.js', 'br')).headers['cache-control']), /immutable/);
    assert.equal((await get('/')).headers['cache-control'], 'no-cache');
  });

  it('answer every address of a page with the page, under a policy that runs nothing foreign', async () => {
    for (const url of ['/', '/c/c_0123', '/c/c_0123/45', '/threads', '/mentions', '/invite/abc']) {
      const response = await get(url);
      assert.equal(response.statusCode, 200, url);
      assert.equal(response.body, 'the page');
      assert.match(String(response.headers['content-security-policy']), /default-src 'self'/);
      assert.match(String(response.headers['content-security-policy']), /require-trusted-types-for 'script'/);
    }
    assert.equal((await get('/assets/gone.js')).statusCode, 404, 'a file that is missing is no page');
  });
});
