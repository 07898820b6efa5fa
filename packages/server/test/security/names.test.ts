import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Stand } from '../node/stand.ts';

describe('who wants to be taken for somebody else', () => {
  it('gets no name of look-alike letters, at sign-up or later, and none with what cannot be seen in it', async () => {
    await using stand = await Stand.open();
    const password = 'a fine pass phrase';
    await stand.ask('POST', '/accounts', { body: { name: 'ann', displayName: 'Ann Octave', password } });
    const mallory = await stand.signUp('mallory');
    // Cyrillic А and с, Greek Α and ο.
    const copies = ['Аnn Octave', 'Ann Oсtave', 'Αnn Octave', 'Ann Οctave'];
    for (const [index, displayName] of copies.entries()) {
      const made = await stand.ask('POST', '/accounts', { body: { name: `copy${index}`, displayName, password } });
      assert.ok(made.status >= 400, `${displayName} was let in: ${JSON.stringify(made.body)}`);
      const changed = await stand.ask('PATCH', '/me', { token: mallory.token, body: { displayName } });
      assert.ok(changed.status >= 400, `${displayName} was taken`);
    }
    for (const name of ['аnn', 'ann\u200b', 'ａｎｎ', 'ann\u0301', ' ann', 'ANN']) {
      const made = await stand.ask('POST', '/accounts', { body: { name, password } });
      assert.ok(
        ['name-invalid', 'name-taken'].includes(made.error?.code ?? ''),
        JSON.stringify({ name, got: made.body }),
      );
    }
    const hidden = await stand.ask('PATCH', '/me', {
      token: mallory.token,
      body: { displayName: 'Mal\u202elory\u200b' },
    });
    assert.equal(hidden.body['displayName'], 'Mallory');
  });
});
