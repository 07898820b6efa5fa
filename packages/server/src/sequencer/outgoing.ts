import type { InboxItem, InboxMessage } from '../envelope.ts';

/**
 * Ticks without news after which the last number is repeated, so that a last message that was lost is noticed: soon, and again
 * for as long as the engine that lost it may be away, which loses the first repetitions as well.
 */
const beatsAfterTicks: readonly number[] = [1, 2, 4, 7];
const idleTicksPerBeat = 10;

interface Line {
  number: number;
  items: InboxItem[];
  quietTicks: number;
}

/** What one owner of a partition sends to gateways: gathered, numbered for each, one message a node a flush. */
export class Outgoing {
  readonly #owner: string;
  readonly #partition: number;
  readonly #send: (node: string, message: InboxMessage) => void;
  readonly #lines = new Map<string, Line>();
  /** A line that begins anew, to a node that was away, goes on above every number it may have heard from this owner. */
  #highest = 0;

  constructor(owner: string, partition: number, send: (node: string, message: InboxMessage) => void) {
    this.#owner = owner;
    this.#partition = partition;
    this.#send = send;
  }

  add(node: string, item: InboxItem): void {
    const line = this.#lines.get(node);
    if (line === undefined) this.#lines.set(node, { number: this.#highest, items: [item], quietTicks: 0 });
    else line.items.push(item);
  }

  flush(): void {
    for (const [node, line] of this.#lines) {
      if (line.items.length === 0) continue;
      line.number++;
      this.#highest = Math.max(this.#highest, line.number);
      line.quietTicks = 0;
      this.#post(node, line);
      line.items = [];
    }
  }

  /**
   * Called about once a second: repeats the last number where something was sent since, so that a lost last message shows.
   * What waits for its flush is no part of it: with items it would pass for that last message.
   */
  beat(): void {
    for (const [node, line] of this.#lines) {
      line.quietTicks++;
      if (beatsAfterTicks.includes(line.quietTicks) || line.quietTicks % idleTicksPerBeat === 0)
        this.#post(node, { number: line.number, items: [] });
    }
  }

  forgetAllBut(nodes: ReadonlySet<string>): void {
    for (const node of this.#lines.keys()) if (!nodes.has(node)) this.#lines.delete(node);
  }

  #post(node: string, { number, items }: Pick<Line, 'number' | 'items'>): void {
    this.#send(node, { type: 'news', owner: this.#owner, partition: this.#partition, number, items });
  }
}
