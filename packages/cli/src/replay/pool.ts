import { createClient, type ParleyClient } from '@parley/client';

interface Pooled {
  readonly client: ParleyClient;
  readonly connected: Promise<void>;
  users: number;
}

/** At most so many live clients, one a person; the one that was idle longest makes room. */
export class ClientPool {
  readonly #url: string;
  readonly #size: number;
  /** Least recently used first. */
  readonly #clients = new Map<string, Pooled>();
  readonly #waiting: (() => void)[] = [];

  constructor(url: string, size: number) {
    this.#url = url;
    this.#size = size;
  }

  /** Runs something with the client of a person, who has this token. */
  async use<Result>(token: string, work: (client: ParleyClient) => Promise<Result>): Promise<Result> {
    const pooled = await this.#take(token);
    try {
      await pooled.connected;
      return await work(pooled.client);
    } finally {
      pooled.users--;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#clients.values(), ({ client }) => client.close()));
    this.#clients.clear();
  }

  /** Counts the user in the same turn: nobody may close a client between its being chosen and its being used. */
  async #take(token: string): Promise<Pooled> {
    for (;;) {
      const known = this.#clients.get(token);
      if (known !== undefined) {
        this.#clients.delete(token);
        this.#clients.set(token, known);
        known.users++;
        return known;
      }
      if (this.#clients.size < this.#size || this.#makeRoom()) break;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const client = createClient({ url: this.#url, token, agent: 'parley replay' });
    const pooled = { client, connected: client.connect(), users: 1 };
    this.#clients.set(token, pooled);
    return pooled;
  }

  #makeRoom(): boolean {
    for (const [token, { client, users }] of this.#clients) {
      if (users > 0) continue;
      this.#clients.delete(token);
      void client.close();
      return true;
    }
    return false;
  }
}
