import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newUserId, ParleyError } from '@parley/protocol';
import { Secret, TOTP } from 'otpauth';
import { OneTimeCodes } from '../../src/accounts/one-time-codes.ts';
import { SecondStep } from '../../src/accounts/second-step.ts';
import { MemoryDocuments } from '../audit/memory-documents.ts';
import { VirtualClock } from '../virtual-clock.ts';

const address = '192.0.2.1';
const stepMs = 30_000;

const outcome = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof ParleyError)) throw error;
      return error.code;
    },
  );

const open = async () => {
  const documents = new MemoryDocuments();
  const clock = new VirtualClock();
  const codes = new OneTimeCodes(documents, clock, 'Parley');
  const user = newUserId();
  const { secret, uri } = await codes.begin(user, 'ann');
  const codeAt = (timestamp: number): string => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp });
  const now = (): string => codeAt(clock.now());
  return { documents, clock, codes, user, secret, uri, codeAt, now };
};

describe('codes of an authenticator app', () => {
  it('are as RFC 6238 has them, and count once a first one was given', async () => {
    const { codes, user, uri, now } = await open();
    assert.match(
      uri,
      /^otpauth:\/\/totp\/Parley:ann\?issuer=Parley&secret=[A-Z2-7]{32}&algorithm=SHA1&digits=6&period=30$/,
    );
    assert.equal(await codes.isOn(user), false);
    assert.equal(await outcome(codes.turnOn(user, '000000', address)), 'wrong-code');
    assert.equal((await codes.turnOn(user, now(), address)).length, 10);
    assert.deepEqual(await codes.state(user), { isOn: true, recoveryCodesLeft: 10 });
    assert.equal(await outcome(codes.begin(user, 'ann')), 'already-exists');
  });

  it('that waited a quarter of an hour for the first one have to be begun anew', async () => {
    const { clock, codes, user, now } = await open();
    clock.advance(15 * 60_000);
    assert.equal(await outcome(codes.turnOn(user, now(), address)), 'not-found');
  });

  it('are taken one step early and late, and no more', async () => {
    for (const [offset, wanted] of [
      [-2, 'wrong-code'],
      [-1, 'done'],
      [0, 'done'],
      [1, 'done'],
      [2, 'wrong-code'],
    ] as const) {
      const { clock, codes, user, codeAt, now } = await open();
      await codes.turnOn(user, now(), address);
      clock.advance(10 * stepMs);
      assert.equal(
        await outcome(codes.use(user, codeAt(clock.now() + offset * stepMs), address)),
        wanted,
        String(offset),
      );
    }
  });

  it('work once: not the one that turned them on, not one that was used, not one before it', async () => {
    const { clock, codes, user, codeAt, now } = await open();
    await codes.turnOn(user, now(), address);
    assert.equal(await outcome(codes.use(user, now(), address)), 'wrong-code');
    clock.advance(10 * stepMs);
    const [before, current] = [codeAt(clock.now() - stepMs), now()];
    assert.equal(await outcome(codes.use(user, current, address)), 'done');
    assert.equal(await outcome(codes.use(user, current, address)), 'wrong-code');
    assert.equal(await outcome(codes.use(user, before, address)), 'wrong-code');
  });

  it('work for one of many who use the same at the same moment', async () => {
    const { clock, codes, user, now } = await open();
    const [recovery = ''] = await codes.turnOn(user, now(), address);
    clock.advance(10 * stepMs);
    for (const code of [now(), recovery]) {
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, (_each, host) => outcome(codes.use(user, code, `192.0.2.${host}`))),
      );
      assert.deepEqual(outcomes.toSorted(), ['done', ...Array(4).fill('wrong-code')]);
    }
  });

  it('have recovery codes in their place, each once, however typed; new ones end the old ones', async () => {
    const { codes, user, now, documents } = await open();
    const [first = '', second = '', third = ''] = await codes.turnOn(user, now(), address);
    assert.match(first, /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/);
    assert.equal(await outcome(codes.use(user, first, address)), 'done');
    assert.equal(await outcome(codes.use(user, first, address)), 'wrong-code');
    assert.equal(await outcome(codes.use(user, ` ${second.toUpperCase().replaceAll('-', ' ')}`, address)), 'done');
    assert.equal((await codes.state(user)).recoveryCodesLeft, 8);
    const [fresh = ''] = await codes.renewRecovery(user);
    assert.equal(await outcome(codes.use(user, third, address)), 'wrong-code');
    const stored = JSON.stringify([...documents.kept.values()]);
    assert.equal(stored.includes(fresh) || stored.includes(fresh.replaceAll('-', '')), false);
    assert.equal(await outcome(codes.use(user, fresh, address)), 'done');
  });

  it('may be guessed at five times at once from one address, twenty times from all; the right one is refused like a wrong one', async () => {
    const { clock, codes, user, now } = await open();
    await codes.turnOn(user, now(), address);
    clock.advance(1_000_000);
    const outcomes = [];
    for (let time = 0; time < 6; time++) outcomes.push(await outcome(codes.use(user, '000000', address)));
    outcomes.push(await outcome(codes.use(user, now(), address)));
    assert.deepEqual(outcomes, [...Array(5).fill('wrong-code'), 'rate-limited', 'rate-limited']);
    let tried = 5;
    for (let host = 0; host < 100; host++)
      if ((await outcome(codes.use(user, '000000', `198.51.100.${host}`))) === 'wrong-code') tried++;
    assert.equal(tried, 20);
  });
});

describe('the challenge between two steps of signing in', () => {
  const begin = async () => {
    const documents = new MemoryDocuments();
    const clock = new VirtualClock();
    const steps = new SecondStep(documents, clock);
    const user = newUserId();
    const { challenge } = await steps.begin(user, 'laptop');
    return { documents, clock, steps, user, challenge };
  };
  const right = () => Promise.resolve();
  const wrong = () => Promise.reject(new ParleyError('wrong-code'));

  it('lets its owner in once, within five minutes', async () => {
    const { clock, steps, user, challenge } = await begin();
    assert.deepEqual(await steps.finish(challenge, right), { user, device: 'laptop' });
    assert.equal(await outcome(steps.finish(challenge, right)), 'link-invalid');
    const late = (await steps.begin(user, 'laptop')).challenge;
    clock.advance(5 * 60_000);
    assert.equal(await outcome(steps.finish(late, right)), 'link-invalid');
  });

  it('ends after five wrong codes, and is nobody else’s', async () => {
    const { steps, challenge } = await begin();
    const secret = challenge.split('.')[1] ?? '';
    for (const forged of ['', '.', secret, `${newUserId()}.${secret}`, `${challenge}x`])
      assert.equal(await outcome(steps.finish(forged, right)), 'link-invalid', forged);
    for (let time = 0; time < 5; time++) assert.equal(await outcome(steps.finish(challenge, wrong)), 'wrong-code');
    assert.equal(await outcome(steps.finish(challenge, right)), 'link-invalid');
  });

  it('is stored hashed, and at most twenty of one account are kept', async () => {
    const { documents, steps, user, challenge } = await begin();
    for (let time = 0; time < 30; time++) await steps.begin(user, 'laptop');
    assert.equal(documents.kept.size, 20);
    const secret = challenge.split('.')[1] ?? '';
    assert.equal(JSON.stringify([...documents.kept.values()]).includes(secret), false);
  });
});
