import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newCid, newConversationId } from '@parley/protocol';
import { loadConfig, type Node, startNode } from '@parley/server';
import { configurationParts } from './docs/configuration.ts';
import { fill } from './docs/markers.ts';
import { protocolParts } from './docs/protocol.ts';
import { routes } from './docs/routes.ts';
import { Replay, sessionOf } from './docs/session.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** A server of its own, and what is to be done with it. */
async function withServer(run: (url: string) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'parley-docs-'));
  const flags = { port: '0', host: '127.0.0.1', data, 'log-level': 'silent', 'public-url': 'http://localhost:3000' };
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const node: Node = await startNode(loadConfig(argv, {}, () => '{}'));
  try {
    await run(`http://127.0.0.1:${node.port}`);
  } finally {
    await node.stop();
    rmSync(data, { recursive: true });
  }
}

describe('the generated pages', () => {
  const mend = 'is out of date. Run npm run docs and commit what it writes.';
  it('tell the protocol as the schemas have it', () => {
    const page = read('docs/protocol.md');
    assert.ok(fill(page, protocolParts()) === page, `docs/protocol.md ${mend}`);
  });

  it('tell the settings as the server has them', () => {
    const page = read('docs/configuration.md');
    assert.ok(fill(page, configurationParts()) === page, `docs/configuration.md ${mend}`);
  });

  it('would be noticed to be out of date', () => {
    const stale = read('docs/configuration.md').replace('--port NUMBER', '--harbour NUMBER');
    assert.notEqual(fill(stale, configurationParts()), stale);
    assert.throws(() => fill('no place here', { settings: 'x' }), /no place for settings/);
  });
});

describe('the session of docs/protocol.md', () => {
  it('happens like that on a real server, frame by frame', () =>
    withServer(async (url) => {
      const replay = new Replay(url);
      try {
        const steps = sessionOf(read('docs/protocol.md'));
        assert.ok(steps.length > 30, 'the page has a session');
        for (const step of steps) await replay.step(step);
        assert.deepEqual(replay.unmentioned, []);
      } finally {
        replay.close();
      }
    }));

  it('would be noticed to be wrong', () =>
    withServer(async (url) => {
      const replay = new Replay(url);
      const [request, answer] = sessionOf(
        read('docs/protocol.md').replace('"serverRole":"owner"', '"serverRole":"guest"'),
      );
      assert.ok(request !== undefined && answer !== undefined);
      await replay.step(request);
      await assert.rejects(replay.step(answer), /The page says/);
    }));
});

describe('the REST calls of docs/protocol.md', () => {
  it('are those of the server, all of them', () => {
    const served = globSync(['packages/server/src/http/**/*.ts'], { cwd: root }).flatMap((file) =>
      Array.from(
        read(file).matchAll(/\b(?:app|api)\.(get|post|put|patch|delete)\(\s*'(\/[^']+)'/g),
        ([, method = '', path = '']) => `${method.toUpperCase()} ${path}`,
      ),
    );
    const outside = new Set(['/healthz', '/readyz', '/version', '/metrics']);
    const documented = routes.map(({ method, path }) => `${method} ${path}`);
    const undocumented = served.filter((route) => !outside.has(route.split(' ')[1] ?? ''));
    assert.deepEqual(undocumented.toSorted(), documented.toSorted());
  });

  describe('on a server where people have talked', () => {
    let token = '';
    let values: Readonly<Record<string, string>> = {};
    let close: (() => void) | undefined;
    let url = '';
    let serving: Promise<void> | undefined;

    const call = (method: string, path: string, body?: unknown, cid?: string): Promise<Response> =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(cid === undefined ? {} : { 'idempotency-key': cid }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });

    before(async () => {
      const started = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      close = ended.resolve;
      serving = withServer(async (at) => {
        url = at;
        started.resolve();
        await ended.promise;
      });
      await Promise.race([started.promise, serving]);
      const owner = (await (
        await call('POST', '/accounts', { name: 'ann', password: 'a fine pass phrase' })
      ).json()) as {
        token: string;
        user: { id: string };
      };
      token = owner.token;
      const made = await call('POST', '/admin/accounts', { accounts: [{ name: 'bob' }], tokens: true });
      const { accounts } = (await made.json()) as { accounts: { user: { id: string }; token: string }[] };
      const bob = accounts[0];
      const conversation = newConversationId();
      const say = async (command: unknown): Promise<void> => {
        const answer = await call('POST', '/commands', { stream: conversation, command }, newCid());
        assert.equal(answer.status, 200, await answer.text());
      };
      await say({ type: 'create', kind: 'channel', name: 'tea', members: [bob?.user.id] });
      await say({ type: 'post', text: 'Kettle is on' });
      await say({ type: 'react', target: 2, emoji: '☕', on: true });
      await say({ type: 'pin', target: 2, on: true });
      token = bob?.token ?? '';
      await say({ type: 'post', text: 'Coming, @ann', thread: 2, mentions: [owner.user.id] });
      await call('POST', `/conversations/${conversation}/reports`, { seq: 2, reason: 'spam' });
      token = owner.token;
      await say({ type: 'hide', target: 2, on: true });
      const invite = (await (await call('POST', '/invites', {})).json()) as { code: string };
      values = { id: conversation, root: '2', seq: '2', code: invite.code, ids: owner.user.id };
    });
    after(async () => {
      close?.();
      await serving;
    });

    // An export is lines, not one answer: it is looked at where it is made.
    for (const route of routes.filter(
      ({ method, path, status }) => method === 'GET' && status === 200 && !path.endsWith('/export'),
    )) {
      it(`${route.method} ${route.path} answers in the form it is said to have`, async () => {
        const path = route.path.replace(/:(\w+)/g, (_whole, name: string) => values[name] ?? '');
        const answer = await call(
          'GET',
          route.query?.startsWith('`ids`') === true ? `${path}?ids=${values['ids']}` : path,
        );
        const body: unknown = await answer.json();
        assert.equal(answer.status, route.status, JSON.stringify(body));
        const parsed = route.answer?.safeParse(body);
        assert.ok(parsed?.success, `${JSON.stringify(body)} ${parsed?.error?.message}`);
        assert.deepEqual(parsed.data, body, 'it has fields that the page does not name');
      });
    }
  });
});
