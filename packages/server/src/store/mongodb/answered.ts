import { MongoNetworkError } from 'mongodb';

/** More than the driver takes for what it bounds itself: finding a server (3 s), or an answer on a connection (5 s). */
const answerWithinMs = 6_000;

/**
 * Begins an operation, and bounds it as a whole. The driver (7.9) bounds its parts, but for one: what it writes to a connection
 * of which Node has read the end, and has not told it yet, is neither sent nor refused, and waits for ever. A server that is
 * stopped closes its connections, so one such operation would stop all that a partition has to do until the node ends.
 * Node tells of an end at the end of its turn; at the beginning of the next one, where operations begin, none is untold.
 * @throws MongoNetworkError when there is no answer: the outcome is unknown
 */
export async function answered<Result>(operation: () => Promise<Result>): Promise<Result> {
  await nextTurn();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void => reject(new MongoNetworkError(`no answer within ${answerWithinMs / 1_000} s`));
    timer = setTimeout(refuse, answerWithinMs);
  });
  try {
    return await Promise.race([operation(), late]);
  } finally {
    clearTimeout(timer);
  }
}

let turn: Promise<void> | undefined;

/** Timers come first in a turn of Node's loop, before anything is read. One timer for all who wait. */
function nextTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setTimeout(() => {
      turn = undefined;
      resolve();
    }, 0);
  });
  return turn;
}
