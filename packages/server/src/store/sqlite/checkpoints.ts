import type { Connection } from './connection.ts';

/** Events and other records after which the log is looked at. Each is at most a few pages of it, and it is carried over at some ten thousand. */
const recordsPerLook = 2_000;

/** Sees to it that the writer's log gets into the file, by a connection of its own: opened when first needed, which small servers never do. */
export class Checkpoints {
  readonly #writer: Connection;
  readonly #open: () => Promise<Connection>;
  #checkpointer: Connection | undefined;
  #records = 0;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(writer: Connection, open: () => Promise<Connection>) {
    this.#writer = writer;
    this.#open = open;
  }

  /** So many are written. */
  note(records: number): void {
    this.#records += records;
    if (this.#records < recordsPerLook || this.#looking !== undefined || this.#isClosed) return;
    this.#records = 0;
    this.#looking = this.#look().finally(() => (this.#looking = undefined));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#looking;
    await this.#checkpointer?.close();
  }

  async #look(): Promise<void> {
    try {
      this.#checkpointer ??= await this.#open();
      if (await this.#checkpointer.request('checkpoint', [])) this.#writer.checkpointed();
    } catch {
      // A disk that is full or broken fails the writer too, which tells those who write. The log keeps everything, and is looked at again.
    }
  }
}
