import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newConversationId } from '@parley/client';
import fc from 'fast-check';

describe('an address', () => {
  let router: typeof import('../../src/state/router.ts');
  const id = newConversationId();
  const pushed: string[] = [];

  before(async () => {
    const location = { pathname: '/threads', origin: 'https://chat.example' };
    const go = (how: string) => (_state: unknown, _title: string, path: string) => {
      pushed.push(`${how} ${path}`);
      location.pathname = path;
    };
    Object.assign(globalThis, {
      location,
      history: { pushState: go('push'), replaceState: go('replace') },
      addEventListener: () => {},
    });
    router = await import('../../src/state/router.ts');
  });

  it('names the page one opens', () => {
    assert.deepEqual(router.route.value, { page: 'threads' });
  });

  it('of a conversation, or a message of it, is the one that leads there', () => {
    assert.deepEqual(router.parseRoute(router.pathOf(id)), { page: 'conversation', id });
    assert.deepEqual(router.parseRoute(router.pathOf(id, 42)), { page: 'conversation', id, seq: 42 });
  });

  it('of an invitation holds its code, rightly encoded or not', () => {
    assert.deepEqual(router.parseRoute('/invite/a%20b'), { page: 'invite', code: 'a b' });
    assert.deepEqual(router.parseRoute('/invite/100%'), { page: 'invite', code: '100%' });
  });

  it('that leads nowhere is home', () => {
    for (const path of ['/', '', '/c', '/c/', '/c/nothing', '/settings', '/invite/', `/c/${id.slice(0, -1)}`])
      assert.deepEqual(router.parseRoute(path), { page: 'home' }, path);
    assert.deepEqual(router.parseRoute(`/c/${id}/12x`), { page: 'conversation', id });
  });

  it('never breaks the page', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', 'c', '_', '%', 'invite', id, '1', 'threads', 'é') }),
        (path) => {
          assert.ok(['home', 'conversation', 'threads', 'mentions', 'invite'].includes(router.parseRoute(path).page));
        },
      ),
    );
  });

  it('gone to twice is one step of the history, and still a navigation', () => {
    const navigations = router.navigations.value;
    router.navigate('/mentions');
    router.navigate('/mentions');
    router.navigate('/', { replace: true });
    assert.deepEqual(pushed, ['push /mentions', 'replace /mentions', 'replace /']);
    assert.equal(router.navigations.value, navigations + 3);
    assert.deepEqual(router.route.value, { page: 'home' });
  });
});
