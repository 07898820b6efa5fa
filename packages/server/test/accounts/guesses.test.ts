import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Guesses, networkOf } from '../../src/accounts/guesses.ts';
import { VirtualClock } from '../virtual-clock.ts';

const open = () => {
  const clock = new VirtualClock();
  return { clock, guesses: new Guesses(clock) };
};

describe('the bound of guesses at a password', () => {
  it('allows ten at once from one address, then one in six seconds; other addresses and names are not touched', () => {
    const { clock, guesses } = open();
    for (let time = 0; time < 10; time++) assert.equal(guesses.begin('ann', '192.0.2.1'), 0);
    assert.equal(guesses.begin('ann', '192.0.2.1'), 6_000);
    assert.equal(guesses.begin('ann', '192.0.2.2'), 0);
    assert.equal(guesses.begin('bob', '192.0.2.1'), 0);
    clock.advance(6_000);
    assert.equal(guesses.begin('ann', '192.0.2.1'), 0);
    assert.ok(guesses.begin('ann', '192.0.2.1') > 0);
  });

  it('holds for any number of addresses together: a hundred at once, then one a second', () => {
    const { clock, guesses } = open();
    let allowed = 0;
    for (let host = 0; host < 1_000; host++)
      if (guesses.begin('ann', `192.0.${host >> 8}.${host & 255}`) === 0) allowed++;
    assert.equal(allowed, 100);
    clock.advance(10_000);
    for (let host = 0; host < 1_000; host++)
      if (guesses.begin('ann', `198.51.${host >> 8}.${host & 255}`) === 0) allowed++;
    assert.equal(allowed, 110);
  });

  it('does not count what proved right, and counts what was refused by one bound in none', () => {
    const { guesses } = open();
    for (let time = 0; time < 1_000; time++) {
      assert.equal(guesses.begin('ann', '192.0.2.1'), 0);
      guesses.proved('ann', '192.0.2.1');
    }
    for (let host = 0; host < 100; host++) assert.equal(guesses.begin('bob', `192.0.2.${host}`), 0);
    for (let time = 0; time < 20; time++) assert.ok(guesses.begin('bob', '198.51.100.1') <= 1_000);
  });
});

describe('where somebody comes from', () => {
  it('is an address of IPv4, and of IPv6 the 64 bits that one customer has', () => {
    for (const [address, network] of [
      ['192.0.2.1', '192.0.2.1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:0db8:1:2::9', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['unix', 'unix'],
    ] as const)
      assert.equal(networkOf(address), network);
  });
});
