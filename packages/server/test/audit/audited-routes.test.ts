import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { routes } from '../../../../scripts/docs/routes.ts';
import { auditedRoutes } from '../../src/http/audited.ts';

/** Those that tell more than their name, where they are done. */
const tellThemselves = [
  'POST /admin/accounts/:user/delete',
  'POST /admin/bans',
  'POST /admin/lost-factors',
  'DELETE /admin/bans/:user',
  'POST /admin/password-resets',
  'POST /admin/words',
  'POST /commands',
  'POST /conversations/:id/reports',
  'POST /conversations/:id/reports/:seq',
  'POST /conversations/:id/words',
  'POST /email/confirmation',
  'POST /me/delete',
  'POST /password-resets/redemption',
];
/** Those after which nobody can do more or less than before: beginnings, names, questions. */
const harmless = [
  'PATCH /me',
  'PATCH /passkeys/:id',
  'POST /email',
  'POST /one-time-codes',
  'POST /passkeys/challenge',
  'POST /passkeys/registration',
  'POST /password-resets',
  'POST /sessions/current',
  'POST /sso',
  'POST /sso/link',
];

describe('every REST call that changes something', () => {
  it('is in the audit log, or is known to need no place there', () => {
    const changing = routes.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
    const known = [...Object.keys(auditedRoutes), ...tellThemselves, ...harmless];
    assert.deepEqual(changing.toSorted(), known.toSorted());
  });
});
