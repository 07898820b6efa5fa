import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Stand } from '../node/stand.ts';

describe('what answers tell a browser', () => {
  it('not to show them as a page, guess what they are, frame them or keep them: answers, refusals and what is not there', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const headers = { authorization: `Bearer ${ann.token}` };
    const paths = ['/api/v1/me', '/api/v1/conversations', '/api/v1/server', '/api/v1/nowhere', '/api/v1/admin/bans'];
    for (const [path, sent] of [
      ...paths.map((path) => [path, headers] as const),
      ['/api/v1/me', {}],
      ['/healthz', {}],
      ['/metrics', {}],
      ['/nowhere', {}],
    ] as const) {
      const { headers: got } = await fetch(`${stand.node.url}${path}`, { headers: sent });
      assert.match(got.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/, path);
      assert.equal(got.get('x-content-type-options'), 'nosniff', path);
      assert.equal(got.get('referrer-policy'), 'same-origin', path);
      assert.match(got.get('content-type') ?? '', /; ?charset=utf-8/, path);
    }
    for (const path of paths.slice(0, 3))
      assert.equal(
        (await fetch(`${stand.node.url}${path}`, { headers })).headers.get('cache-control'),
        'no-store',
        path,
      );
  });

  it('of a page, to load and run nothing but its own', async () => {
    await using stand = await Stand.open();
    const { headers } = await fetch(stand.node.url);
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(part), policy);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.doesNotMatch(policy, /unsafe/);
  });
});
