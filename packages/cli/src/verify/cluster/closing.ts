/** What ends the parts of a stack, in the order in which they began: a stack that is half started can be ended too. */
export class Closing {
  readonly #ends: (() => Promise<void>)[] = [];

  add(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** Ends everything, the last one first; once, however often it is called. One part that fails to end keeps no other alive. */
  async close(): Promise<void> {
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) await end().catch(() => undefined);
  }
}
