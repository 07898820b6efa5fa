import type { IdSource } from '@parley/protocol';

/** What the SDK takes from its platform besides the network, as a port: a simulation runs many clients on one virtual clock. */
export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`. With `isIdle` a Node process may end meanwhile. */
  after(ms: number, callback: () => void, options?: { readonly isIdle: boolean }): Timer;
  /** A number from 0 up to 1: spreads attempts. */
  random(): number;
  /** What command ids are made of. */
  readonly ids: IdSource;
}

/** What can be called off. */
export interface Timer {
  /** Nothing happens any more; harmless when it has happened already. */
  cancel(): void;
}

/** Browsers and Node. */
export const systemPlatform: Platform = {
  now: () => Date.now(),
  after(ms, callback, { isIdle } = { isIdle: false }) {
    const timer = setTimeout(callback, ms);
    // In Node a timer keeps the process alive unless told not to; browsers have no such thing.
    if (isIdle && typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
    return { cancel: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
  ids: { now: () => Date.now(), random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) },
};
