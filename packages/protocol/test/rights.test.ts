import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actions, conversationKinds, may, outranks, rightsTable, roles } from '../src/index.ts';

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

  it('lets nobody command their betters or equals, owners excepted', () => {
    for (const [mine, own] of roles.entries())
      for (const [yours, theirs] of roles.entries())
        assert.equal(outranks(own, theirs), own === 'owner' || mine < yours, `${own} over ${theirs}`);
  });
});
