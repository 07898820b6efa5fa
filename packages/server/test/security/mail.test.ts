import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openMailer } from '../../src/mail/open.ts';
import { type Answer, type SignedUp, Stand } from '../node/stand.ts';
import { Mailbox } from './mailbox.ts';

const password = 'a fine pass phrase';
const next = 'another fine phrase';

const limited = { timeout: 60_000 };

describe('a password that was forgotten', () => {
  let mailbox: Mailbox;
  let stand: Stand;
  before(async () => {
    mailbox = await Mailbox.open();
    stand = await Stand.open([...mailbox.flags, '--rate-burst', '100000']);
    await stand.signUp('root');
  });
  after(async () => {
    await stand[Symbol.asyncDispose]();
    await mailbox[Symbol.asyncDispose]();
  });

  const post = (path: string, body: object, who?: SignedUp): Promise<Answer> =>
    stand.ask('POST', path, { body, ...(who === undefined ? {} : { token: who.token }) });
  const codeOf = async (answer: Promise<Answer>): Promise<string> => {
    const { status, error } = await answer;
    return error?.code ?? String(status);
  };
  const withAddress = async (name: string): Promise<SignedUp & { email: string }> => {
    const person = await stand.signUp(name);
    const email = `${name}@example.org`;
    assert.equal(await codeOf(post('/email', { email, password }, person)), '204');
    assert.equal(await codeOf(post('/email/confirmation', { token: await mailbox.nextToken(email) })), '204');
    return { ...person, email };
  };
  const signIn = (name: string, given: string): Promise<string> => codeOf(post('/sessions', { name, password: given }));
  const redeem = (token: string, given = next): Promise<string> =>
    codeOf(post('/password-resets/redemption', { token, password: given }));

  it('is replaced by a link to the address that its owner proved, once; every session and token ends', async () => {
    const ann = await withAddress('ann');
    const robot = await post('/tokens', { name: 'robot', scopes: ['read'], password }, ann);
    const live = await stand.live(ann);
    assert.equal(await codeOf(post('/password-resets', { email: 'ANN@Example.org' })), '204');
    const token = await mailbox.nextToken(ann.email);
    assert.equal(await redeem(token, 'password1'), 'weak-password');
    assert.equal(await redeem(token), '204', 'the weak one did not use the link up');
    assert.equal(await redeem(token), 'link-invalid');
    assert.equal(await live.closed(), 1008);
    assert.equal(await codeOf(stand.ask('GET', '/me', ann)), 'unauthenticated');
    assert.equal(await codeOf(stand.ask('GET', '/me', { token: String(robot.body['token']) })), 'unauthenticated');
    assert.deepEqual([await signIn('ann', password), await signIn('ann', next)], ['wrong-credentials', '201']);
  });

  it('is replaced by one of many who use the link at the same moment', async () => {
    const bob = await withAddress('bob');
    await post('/password-resets', { email: bob.email });
    const token = await mailbox.nextToken(bob.email);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => redeem(token)));
    assert.deepEqual(outcomes.toSorted(), ['204', ...Array(5).fill('link-invalid')]);
  });

  it('is not replaced by a link that was made up, belongs to another, was followed by a newer one or by a change', async () => {
    const cyd = await withAddress('cyd');
    const dee = await withAddress('dee');
    const ask = async (who: { email: string }): Promise<string> => {
      await post('/password-resets', { email: who.email });
      return mailbox.nextToken(who.email);
    };
    const first = await ask(cyd);
    const secret = first.split('.')[1] ?? '';
    for (const token of [
      '',
      '.',
      cyd.id,
      `${cyd.id}.`,
      `${dee.id}.${secret}`,
      `${first.slice(0, -1)}_`,
      secret,
      `${first}.x`,
    ])
      assert.equal(await redeem(token), token === `${first}.x` ? '204' : 'link-invalid', token);
    const [older, newer] = [await ask(dee), await ask(dee)];
    assert.equal(await redeem(older), 'link-invalid');
    assert.equal(await codeOf(post('/password', { current: password, next: 'my own new phrase' }, dee)), '204');
    assert.equal(await redeem(newer), 'link-invalid');
  });

  it(
    'tells by no answer, nor its time, whose address it is: one that exists, one that does not, or one not proved',
    limited,
    async () => {
      const eve = await withAddress('eve');
      const fay = await stand.signUp('fay');
      await post('/email', { email: 'fay@example.org', password }, fay);
      await mailbox.nextToken('fay@example.org');
      // An answer that waited for its mail would never come.
      const release = mailbox.hold();
      const answers = [];
      for (const email of [eve.email, 'nobody@example.org', 'fay@example.org']) {
        const { status, body, headers } = await post('/password-resets', { email });
        answers.push({ status, body, headers: [...headers.keys()].filter((name) => name !== 'date') });
      }
      assert.deepEqual(mailbox.received, []);
      release();
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
      assert.ok((await mailbox.nextToken(eve.email)).startsWith(eve.id));
      // What is asked for later is done later: when this has come, the others would have.
      await post('/password-resets', { email: eve.email });
      await mailbox.nextToken(eve.email);
      assert.deepEqual(mailbox.received, []);
    },
  );

  it('can be replaced by a link that an administrator hands over; nobody makes one for somebody as mighty', async () => {
    const root = await post('/sessions', { name: 'root', password });
    const owner = { id: (root.body['user'] as { id: string }).id, token: String(root.body['token']) };
    const gil = await stand.signUp('gil');
    const accounts = ['adm', 'adm2'].map((name) => ({ name, serverRole: 'admin' }));
    const made = await post('/admin/accounts', { accounts, tokens: true }, owner);
    const [adm, adm2] = (made.body['accounts'] as { token: string; user: { id: string } }[]).map((each) => ({
      token: each.token,
      id: each.user.id,
    }));
    assert.ok(adm !== undefined && adm2 !== undefined);
    const make = (by: SignedUp, user: string) => post('/admin/password-resets', { user }, by);
    assert.equal(await codeOf(make(gil, owner.id)), 'forbidden');
    for (const target of [owner, adm, adm2]) assert.equal(await codeOf(make(adm, target.id)), 'forbidden');
    assert.equal(await codeOf(make(owner, owner.id)), 'forbidden');
    assert.equal(await codeOf(make(owner, adm.id)), '201');
    const url = String((await make(adm, gil.id)).body['url']);
    assert.equal(await redeem(url.split('#')[1] ?? ''), '204');
    assert.equal(await signIn('gil', next), '201');
  });

  describe('an e-mail address', () => {
    it('is one’s own when its link was followed, by whoever proved it last nobody else’s', async () => {
      const hal = await withAddress('hal');
      const ivy = await stand.signUp('ivy');
      assert.equal(await codeOf(post('/email', { email: 'HAL@example.org', password }, ivy)), '204');
      const token = await mailbox.nextToken('HAL@example.org');
      assert.equal(await codeOf(post('/email/confirmation', { token })), 'email-taken');
      assert.equal((await stand.ask('GET', '/email', ivy)).body['email'], undefined);
      assert.equal((await stand.ask('GET', '/email', hal)).body['email'], 'hal@example.org');
    });

    it('is changed by its owner’s password and the new address’s link; the old address hears of it and is free', async () => {
      const jan = await withAddress('jan');
      assert.equal(await codeOf(post('/email', { email: 'x@example.org' }, jan)), 'wrong-credentials');
      await post('/email', { email: 'jan2@example.org', password }, jan);
      const token = await mailbox.nextToken('jan2@example.org');
      assert.equal((await stand.ask('GET', '/email', jan)).body['email'], jan.email, 'until then the old one stays');
      await post('/email/confirmation', { token });
      assert.equal(await codeOf(post('/email/confirmation', { token })), 'link-invalid');
      assert.match((await mailbox.next(jan.email)).text, /another e-mail address/);
      await post('/password-resets', { email: jan.email });
      await post('/password-resets', { email: 'jan2@example.org' });
      assert.match((await mailbox.next('jan2@example.org')).text, /@jan/);
      const kay = await stand.signUp('kay');
      await post('/email', { email: jan.email, password }, kay);
      assert.equal(await codeOf(post('/email/confirmation', { token: await mailbox.nextToken(jan.email) })), '204');
      assert.equal(await codeOf(post('/email', { email: null, password }, kay)), '204');
      assert.equal((await stand.ask('GET', '/email', kay)).body['email'], undefined);
    });

    it('gets three mails at once and no more, whoever asks; and no mail can be addressed to two', async () => {
      const lea = await stand.signUp('lea');
      const outcomes = [];
      for (let time = 0; time < 4; time++)
        outcomes.push(await codeOf(post('/email', { email: 'victim@example.org', password }, lea)));
      assert.deepEqual(outcomes, ['204', '204', '204', 'rate-limited']);
      for (const email of [
        'a@example.org, b@example.org',
        'a@example.org\r\nBcc: b@example.org',
        '<a@example.org>',
        'a',
      ])
        assert.equal(await codeOf(post('/email', { email, password }, lea)), 'bad-request', email);
    });
  });
});

describe('a server that sends no mail', () => {
  it('says so, and proves no address', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    assert.equal((await stand.ask('GET', '/server')).body['resetsByMail'], false);
    const asked = await stand.ask('POST', '/password-resets', { body: { email: 'a@example.org' } });
    assert.equal(asked.error?.code, 'no-mail');
    const body = { email: 'a@example.org', password };
    assert.equal((await stand.ask('POST', '/email', { token: ann.token, body })).error?.code, 'no-mail');
  });

  it('is told what is wrong with its settings, and takes their secret from a file', async () => {
    await using stand = await Stand.open();
    const file = join(stand.folder, 'smtp');
    await assert.rejects(openMailer({ smtpUrl: 'smtp://127.0.0.1' }), /--mail-from/);
    await assert.rejects(openMailer({ smtpUrl: `file:${file}`, mailFrom: 'a@b.example' }), /cannot be read/);
    writeFileSync(file, 'nonsense\n');
    await assert.rejects(
      openMailer({ smtpUrl: `file:${file}`, mailFrom: 'a@b.example' }),
      /no address of a mail server/,
    );
    writeFileSync(file, 'smtp://127.0.0.1:9\n');
    const mailer = await openMailer({ smtpUrl: `file:${file}`, mailFrom: 'a@b.example' });
    await assert.rejects(
      mailer?.send({ to: 'a@b.example', subject: 'x', text: 'x' }) ?? Promise.resolve(),
      /could not be sent/,
    );
    mailer?.close();
  });
});
