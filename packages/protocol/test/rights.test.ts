import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  actions,
  conversationKinds,
  may,
  mayOnServer,
  outranks,
  rightsTable,
  roles,
  serverActions,
  serverRoles,
} from '../src/index.ts';

describe('the table of rights', () => {
  it('gives a mightier role whatever a lesser one has', () => {
    for (const action of actions) {
      for (const kind of conversationKinds) {
        const allowed = roles.map((role) => may(action, kind, role));
        assert.deepEqual(
          allowed,
          allowed.toSorted((a, b) => Number(b) - Number(a)),
          `${action} in a ${kind}`,
        );
      }
    }
  });

  it('gives strangers nothing that guests have not', () => {
    for (const action of actions)
      for (const kind of conversationKinds)
        if (may(action, kind, undefined))
          assert.ok(rightsTable[action][kind].includes('guest'), `${action} in a ${kind}`);
  });

  it('gives administrators of the server order in channels and nothing in private conversations', () => {
    for (const action of actions) {
      for (const kind of conversationKinds) {
        for (const role of [...roles, undefined]) {
          const asMember = may(action, kind, role);
          for (const rank of ['owner', 'admin'] as const) {
            if (kind === 'channel') assert.ok(may(action, kind, role, rank) || !asMember, `${action} as ${role}`);
            else assert.equal(may(action, kind, role, rank), asMember, `${action} in a ${kind} as ${role}`);
          }
        }
      }
    }
    assert.ok(may('remove', 'channel', undefined, 'admin'));
  });

  it('gives guests of the server what their role gives where they are members, and nothing where they are not', () => {
    for (const action of actions) {
      for (const kind of conversationKinds) {
        assert.equal(may(action, kind, undefined, 'guest'), false, `${action} in a ${kind}`);
        for (const role of roles) assert.equal(may(action, kind, role, 'guest'), may(action, kind, role));
      }
    }
  });

  it('gives a higher rank on the server whatever a lower one has', () => {
    for (const action of serverActions) {
      const allowed = serverRoles.map((rank) => mayOnServer(action, rank));
      assert.deepEqual(
        allowed,
        allowed.toSorted((a, b) => Number(b) - Number(a)),
        action,
      );
    }
  });

  it('lets nobody command their betters or equals, owners excepted', () => {
    for (const [mine, own] of roles.entries())
      for (const [yours, theirs] of roles.entries())
        assert.equal(outranks(own, theirs), own === 'owner' || mine < yours, `${own} over ${theirs}`);
  });
});
