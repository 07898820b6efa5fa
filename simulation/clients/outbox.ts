import type { Outbox, OutboxEntry } from '@parley/client';
import type { Cid } from '@parley/protocol';
import { Link } from '../time/link.ts';
import type { Process } from '../time/process.ts';

/** The disk of a device: what was put there before the program died is there for the next one. */
export class Disk {
  readonly #entries = new Map<Cid, OutboxEntry>();

  /** The device is gone for good, and its person takes another one. */
  erase(): void {
    this.#entries.clear();
  }

  /** One program's access to it. `onLoaded` is called when the program has been given what there was. */
  open(process: Process, onLoaded: () => void): Outbox {
    const { scheduler } = process;
    // One operation after another, as the port wants its order kept.
    const line = new Link(scheduler);
    const soon = <Result>(carryOut: () => Result): Promise<Result> =>
      process.settle(new Promise((resolve) => line.carry(() => resolve(carryOut()))));
    return {
      load: async () => {
        const entries = await soon(() => [...this.#entries.values()]);
        // When the program has taken them up.
        process.scheduler.after(0, onLoaded);
        return entries;
      },
      put: (entry) => soon(() => void this.#entries.set(entry.cid, entry)),
      remove: (cid) => soon(() => void this.#entries.delete(cid)),
      close: () => Promise.resolve(),
    };
  }
}
