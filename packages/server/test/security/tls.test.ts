import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { WebSocket } from 'ws';
import { watchTls } from '../../src/http/tls.ts';
import { ConfigError, loadConfig, startNode } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { lockKey, makeCertificate, skipWithoutOpenssl } from './certificates.ts';

describe('a server with a certificate of its own', { skip: skipWithoutOpenssl() }, () => {
  let folder = '';
  let stand: Stand;
  let ca = '';
  const files = () => ({ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });
  const flags = ({ cert, key } = files()): string[] => ['--tls-cert', cert, '--tls-key', key];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-tls-'));
    makeCertificate(files());
    ca = readFileSync(files().cert, 'utf8');
    stand = await Stand.open(flags());
  });
  after(async () => {
    await stand[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const ask = async (method: string, path: string, body?: object, headers = {}): Promise<IncomingMessage> => {
    const asked = request(`${stand.node.url}${path}`, {
      method,
      ca,
      agent: false,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    asked.end(body === undefined ? '' : JSON.stringify(body));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer;
  };
  /** The version agreed on and the certificate shown, by a client that takes nothing else. */
  const shake = async (version: SecureVersion): Promise<{ version: string | null; serial: string }> => {
    const { port } = stand.node;
    // Old versions need a client that would still speak them.
    const only = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...only });
    try {
      await once(socket, 'secureConnect');
      return { version: socket.getProtocol(), serial: socket.getPeerCertificate().serialNumber };
    } finally {
      socket.destroy();
    }
  };

  it('answers over TLS 1.3 and 1.2, and nothing older', async () => {
    assert.equal((await shake('TLSv1.3')).version, 'TLSv1.3');
    assert.equal((await shake('TLSv1.2')).version, 'TLSv1.2');
    await assert.rejects(shake('TLSv1.1'));
    await assert.rejects(shake('TLSv1'));
  });

  it('tells browsers to come back encrypted only, and to send its cookie in no other way', async () => {
    assert.match(stand.node.url, /^https:/);
    const answer = await ask('POST', '/api/v1/accounts', { name: 'ann', password: 'a fine pass phrase' });
    assert.equal(answer.statusCode, 201);
    assert.match(answer.headers['strict-transport-security'] ?? '', /^max-age=\d{8,}/);
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/'])
      assert.ok(cookie.split('; ').includes(attribute), cookie);
    assert.match((await ask('GET', '/')).headers['strict-transport-security'] ?? '', /^max-age/);
  });

  it('takes commands from its own encrypted pages, and from no unencrypted one of the same name', async () => {
    const { host } = new URL(stand.node.url);
    const [wish, statuses] = [
      { name: 'nobody', password: 'a wrong pass phrase' },
      new Map<string, number | undefined>(),
    ];
    for (const origin of [`https://${host}`, `http://${host}`])
      statuses.set(origin.split(':')[0] ?? '', (await ask('POST', '/api/v1/sessions', wish, { origin })).statusCode);
    assert.deepEqual(Object.fromEntries(statuses), { https: 401, http: 403 });
  });

  it('goes over to a new certificate when the files change; who is connected stays so', async () => {
    const socket = new WebSocket(`${stand.node.url.replace('https', 'wss')}/ws`, 'parley.v1', { ca });
    await once(socket, 'open');
    const first = await shake('TLSv1.3');
    const next = { cert: join(folder, 'next.pem'), key: join(folder, 'next-key.pem') };
    makeCertificate(next, 'renewed');
    renameSync(next.key, files().key);
    renameSync(next.cert, files().cert);
    await until('the new one is shown', async () => (await shake('TLSv1.3')).serial !== first.serial);
    ca = readFileSync(files().cert, 'utf8');
    assert.equal((await ask('GET', '/healthz')).statusCode, 200);
    // Nobody has said hello on it: it answers, and that is enough.
    socket.send('{"t":"ping","id":1}');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    assert.match(String(answer), /Say hello first/);
    socket.terminate();
  });

  it('keeps the former certificate while the files do not fit together, or are no certificate', async () => {
    const watched = { cert: join(folder, 'watched.pem'), key: join(folder, 'watched-key.pem') };
    const next = { cert: join(folder, 'half.pem'), key: join(folder, 'half-key.pem') };
    makeCertificate(watched);
    makeCertificate(next, 'half');
    const warnings: string[] = [];
    const taken: unknown[] = [];
    const warn = (_fields: object, message: string): void => void warnings.push(message);
    const stop = watchTls(watched, { ...silentLog, warn }, ({ cert }) => taken.push(cert));
    for (const content of ['no certificate', readFileSync(next.cert)]) {
      const before = warnings.length;
      writeFileSync(watched.cert, content);
      await until('the change was looked at', () => warnings.length > before);
      assert.match(warnings.at(-1) ?? '', /the former one stays/);
      assert.deepEqual(taken, []);
    }
    renameSync(next.key, watched.key);
    await until('the pair is taken', () => taken.length > 0);
    assert.deepEqual(taken, [readFileSync(watched.cert, 'utf8')]);
    stop();
  });

  describe('says what is wrong, and the mend, where it is', () => {
    const fails = async (given: readonly string[], names: readonly string[]): Promise<void> => {
      const config = loadConfig(
        ['--port', '0', '--data', join(folder, 'data'), '--log-level', 'silent', ...given],
        {},
        () => '',
      );
      await assert.rejects(startNode(config), (error) => {
        assert.ok(error instanceof ConfigError, String(error));
        for (const name of names) assert.ok(error.message.includes(name), `${error.message} names ${name}`);
        return true;
      });
    };
    const at = (name: string): string => join(folder, name);

    it('only one of the two', async () => {
      await fails(['--tls-cert', files().cert], ['--tls-cert', 'needs --tls-key']);
      await fails(['--tls-key', files().key], ['--tls-key', 'needs --tls-cert']);
    });

    it('a file that is not there', async () => {
      await fails(flags({ ...files(), cert: at('none.pem') }), ['none.pem', 'cannot be read', '--tls-cert']);
      await fails(flags({ ...files(), key: at('none.pem') }), ['none.pem', 'cannot be read', '--tls-key']);
    });

    it('a file that is something else', async () => {
      const other = at('other.txt');
      writeFileSync(other, 'hello');
      await fails(flags({ ...files(), cert: other }), ['other.txt', 'no certificate', '--tls-cert']);
      await fails(flags({ ...files(), key: other }), ['other.txt', 'no private key', '--tls-key']);
    });

    it('a key that fits another certificate', async () => {
      const other = { cert: at('stranger.pem'), key: at('stranger-key.pem') };
      makeCertificate(other, 'stranger');
      await fails(flags({ cert: files().cert, key: other.key }), ['stranger-key.pem', 'does not fit', 'CN=renewed']);
    });

    it('a key with a passphrase', async () => {
      lockKey(files().key, at('locked.pem'));
      await fails(flags({ ...files(), key: at('locked.pem') }), ['locked.pem', 'passphrase', '--tls-key']);
    });
  });
});
