import { Demand, pressureOf } from '../../demand.ts';

/** CPU of one commit: its fsync, and waking the database's thread and ours (`bench fanout` at 300 a second). */
const commitMs = 0.5;
/** Up to this share of a core, a hundred commits a second, everything is written at once. */
const freeShare = 0.05;
/** From this share on the wait is the longest. */
const fullShare = 0.15;
/** Long enough for 300 a second to share commits, and too short for anybody to notice: the median of their latency stays (`bench fanout`). */
const longestMs = 5;
/** So many waits in a row in which nothing came mean that whoever writes waits for each answer before the next. */
const maxVain = 4;
const restMs = 1_000;

/**
 * How long the writer gathers what is to be stored before it commits. A commit costs the same for one message as for ten, and while
 * it runs the next ones gather by themselves; but where one takes a millisecond and messages come every two or three, each would
 * have its own. So with demand commits begin up to 5 ms apart. Nobody waits where it gathers nothing (compare `commit_siblings` of PostgreSQL).
 */
export class GroupCommit {
  readonly #now: () => number;
  readonly #demand: Demand;
  /** Asked for since the last commit began. */
  #gathered = 0;
  #begunAt = Number.NEGATIVE_INFINITY;
  #vain = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds, by a clock that nobody sets */
  constructor(now: () => number) {
    this.#now = now;
    this.#demand = new Demand(now, commitMs);
  }

  /** So many events or records are to be stored. */
  note(pieces: number): void {
    this.#gathered += pieces;
    this.#demand.note(pieces);
  }

  /** How long to wait before the next commit, in milliseconds; 0 for not at all. */
  get waitMs(): number {
    const now = this.#now();
    if (now < this.#restsUntil) return 0;
    const windowMs = longestMs * pressureOf(this.#demand.share, freeShare, fullShare);
    return Math.max(0, this.#begunAt + windowMs - now);
  }

  /**
   * A commit begins.
   * @param hasWaited whether it was waited for
   */
  begins(hasWaited: boolean): void {
    this.#begunAt = this.#now();
    const gathered = this.#gathered;
    this.#gathered = 0;
    if (gathered > 1) this.#vain = 0;
    else if (hasWaited && ++this.#vain >= maxVain) {
      this.#vain = 0;
      this.#restsUntil = this.#begunAt + restMs;
    }
  }
}
