import { ParleyError } from '@parley/protocol';
import type { Broker } from './broker/port.ts';
import type { Clock } from './clock.ts';

/** An answer that takes longer is not waited for: what was found last holds meanwhile. */
const waitedMs = 1_000;
/** Engines that have not answered for so long count as gone. */
const slowestMs = 10_000;
/** An engine that refuses for less is being restarted, for all nodes: nobody's clients are better off elsewhere. */
const restartMs = 5_000;

/**
 * Whether the store can be used as well as anywhere. Where nodes tell each other, one that does not answer any of them is no
 * reason to take one out: their clients would all lose their sockets, come back together once it answers, and be no better
 * off meanwhile.
 * @returns rejects with the reason
 */
export function storeReadiness(broker: Pick<Broker, 'isLeftOut'>, check: () => Promise<void>): () => Promise<void> {
  if (broker.isLeftOut === undefined) return check;
  return async () => {
    // Not looked at again: a line that swallows everything would keep whoever asks waiting for the reason.
    if (broker.isLeftOut?.() === true)
      throw new ParleyError('unavailable', {
        message: 'The store does not answer this node, while it answers others.',
      });
  };
}

/** A check that fails only once it has failed for some seconds; the time that the first failure took counts. */
export function enduring(check: () => Promise<void>, clock: Clock): () => Promise<void> {
  let failingSince: number | undefined;
  return async () => {
    const begun = clock.elapsed();
    try {
      await check();
      failingSince = undefined;
    } catch (error) {
      failingSince ??= begun;
      if (clock.elapsed() - failingSince >= restartMs) throw error;
    }
  };
}

/**
 * Whether a node can serve, as balancers ask it every second. Slow engines are no reason to be taken out, since they are
 * slow for all nodes; so the first look is waited for, and after it the last answer holds until a look takes 10 s.
 * @param check looks; rejects with the reason
 * @returns rejects with the reason, or with `unavailable` when the look takes too long; looks shared by all who ask at once
 */
export function readiness(check: () => Promise<void>, clock: Clock): () => Promise<void> {
  let looking: { readonly answer: Promise<void>; readonly since: number } | undefined;
  let last: { readonly reason?: unknown } | undefined;

  const look = () => {
    const answer = check().then(
      () => {
        last = {};
        looking = undefined;
      },
      (reason: unknown) => {
        last = { reason };
        looking = undefined;
      },
    );
    return { answer, since: clock.elapsed() };
  };

  return async () => {
    looking ??= look();
    const { answer, since } = looking;
    if (last === undefined) await answer;
    else await Promise.race([answer, new Promise<void>((resolve) => clock.after(waitedMs, resolve))]);
    if (looking !== undefined && clock.elapsed() - since > slowestMs)
      throw new ParleyError('unavailable', { message: 'The store or the broker has not answered for 10 seconds.' });
    if (last !== undefined && 'reason' in last) throw last.reason;
  };
}
