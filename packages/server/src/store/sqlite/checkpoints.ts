import type { Connection } from './connection.ts';

/** Requests after which the log is looked at. Each writes a few pages, and it is written into the file at some ten thousand. */
const requestsPerLook = 1_000;

/** Sees to it that the writer's log gets into the file, by a connection of its own: opened when first needed, which small servers never do. */
export class Checkpoints {
  readonly #writer: Connection;
  readonly #open: () => Promise<Connection>;
  #checkpointer: Connection | undefined;
  #requests = 0;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(writer: Connection, open: () => Promise<Connection>) {
    this.#writer = writer;
    this.#open = open;
  }

  /** Something is written. */
  note(): void {
    if (++this.#requests < requestsPerLook || this.#looking !== undefined || this.#isClosed) return;
    this.#requests = 0;
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
