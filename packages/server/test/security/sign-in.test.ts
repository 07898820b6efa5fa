import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, Stand } from '../node/stand.ts';

const right = 'a fine pass phrase';

/** What a guesser learns: everything but when to come back. */
const learnt = ({ status, body, error }: Answer): unknown =>
  error === undefined ? { status, body } : { status, code: error.code, message: error.message, field: error.field };

describe('who guesses at accounts', () => {
  it('gets one answer for a wrong password, an unknown name and an account without a password', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const accounts = [{ name: 'robot' }];
    assert.equal((await stand.ask('POST', '/admin/accounts', { token: ann.token, body: { accounts } })).status, 200);
    const answers = [];
    for (const [name, password] of [
      ['ann', 'a wrong pass phrase'],
      ['ANN', 'a wrong pass phrase'],
      ['nobody', 'a wrong pass phrase'],
      ['robot', 'a wrong pass phrase'],
      ['robot', ''],
      ['nobody here!', right],
      ['', right],
    ])
      answers.push(learnt(await stand.ask('POST', '/sessions', { body: { name, password } })));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal((answers[0] as { status: number }).status, 401);
  });

  it('gets the right password refused like the wrong ones once there were too many, for names that exist or not', async () => {
    await using stand = await Stand.open();
    await stand.signUp('ann');
    const outcomes = new Map<string, unknown[]>();
    for (const name of ['ann', 'nobody']) {
      const answers = [];
      for (let time = 0; time < 14; time++) {
        const password = time === 12 ? right : `wrong pass phrase ${time}`;
        answers.push(learnt(await stand.ask('POST', '/sessions', { body: { name, password } })));
      }
      outcomes.set(name, answers);
    }
    assert.deepEqual(outcomes.get('ann'), outcomes.get('nobody'));
    const codes = (outcomes.get('ann') as { code: string }[]).map(({ code }) => code);
    assert.deepEqual(codes.slice(0, 10), Array(10).fill('wrong-credentials'));
    assert.deepEqual(codes.slice(10), Array(4).fill('rate-limited'));
  });

  it('cannot go on by the change of a password in a session that was left open', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const codes = [];
    for (let time = 0; time < 12; time++) {
      const body = { current: time === 11 ? right : `wrong pass phrase ${time}`, next: 'my own pass phrase' };
      codes.push((await stand.ask('POST', '/password', { token: ann.token, body })).error?.code);
    }
    assert.deepEqual(codes, [...Array(10).fill('wrong-credentials'), 'rate-limited', 'rate-limited']);
    assert.equal((await stand.ask('GET', '/me', ann)).status, 200, 'what is open stays open');
  });

  it('learns of no name by signing up where only the invited may', async () => {
    await using stand = await Stand.open(['--registration', 'invite']);
    await stand.signUp('ann');
    for (const invite of [undefined, 'made-up']) {
      const answers = [];
      for (const name of ['ann', 'nobody']) {
        const body = { name, password: right, ...(invite === undefined ? {} : { invite }) };
        answers.push(learnt(await stand.ask('POST', '/accounts', { body })));
      }
      assert.deepEqual(answers[0], answers[1]);
      assert.equal((answers[0] as { status: number }).status, 403);
    }
  });

  it('cannot look like somebody else: neither in mixed alphabets nor behind characters that nobody sees', async () => {
    await using stand = await Stand.open();
    await stand.signUp('copa');
    const sign = (name: string, displayName: string): Promise<Answer> =>
      stand.ask('POST', '/accounts', { body: { name, displayName, password: right } });
    assert.equal((await sign('eve1', 'Сора')).error?.code, 'name-taken');
    assert.equal((await sign('eve2', 'Cоpa')).error?.code, 'name-invalid');
    for (const handle of ['соpa', 'copa\u200b', 'ｃｏｐａ', 'co\u202epa', 'copa '])
      assert.equal((await sign(handle, 'Eve')).error?.code, 'name-invalid', handle);
    assert.equal((await sign('COPA', 'Eve')).error?.code, 'name-taken');
    const made = await sign('eve3', '\u202eEve\u202c\u200b');
    assert.equal((made.body['user'] as { displayName: string }).displayName, 'Eve');
    const token = String(made.body['token']);
    const changed = await stand.ask('PATCH', '/me', { token, body: { displayName: 'Сора' } });
    assert.equal(changed.error?.code, 'name-taken');
    const status = await stand.ask('PATCH', '/me', { token, body: { status: '\u202eaway' } });
    assert.equal(status.body['status'], 'away');
  });
});
