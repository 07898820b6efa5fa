import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for a broker's rebalance or an election on a busy machine; only a failing test waits it out. */
const patienceMs = 90_000;

/** Resolves when the condition holds; rejects, saying what was waited for and what there was, when it never does. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  had: () => unknown = () => undefined,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}; had ${JSON.stringify(had())}`);
    await sleep(5);
  }
}
