import { type Cid, createClient, type ParleyClient, type StreamEvent, type StreamId } from '@parley/client';
import type { View } from './check.ts';
import { patiently } from './patience.ts';

/** An independent client on a socket of its own that watches every channel fully and keeps what it sees. */
export class Reader implements View {
  readonly name: string;
  readonly streams = new Map<StreamId, StreamEvent[]>();
  readonly #client: ParleyClient;
  readonly #onPost: (cid: Cid) => void;
  #posts = 0;
  #changed = Promise.withResolvers<void>();

  constructor(name: string, url: string, token: string, onPost: (cid: Cid) => void) {
    this.name = name;
    this.#onPost = onPost;
    this.#client = createClient({ url, token, agent: 'parley replay reader' });
    this.#client.on('event', ({ stream, event }) => this.#take(stream, event));
    this.#client.on('reset', ({ stream, head }) => void this.#catchUp(stream, head));
  }

  connect(): Promise<void> {
    return this.#client.connect();
  }

  watch(stream: StreamId): void {
    this.streams.set(stream, []);
    this.#client.watch(stream, { after: 0 });
  }

  /** Resolves when so many posts were seen, or the time is up. */
  async sawPosts(count: number, deadline: number): Promise<void> {
    while (this.#posts < count && Date.now() < deadline) {
      const pause = setTimeout(() => this.#wake(), Math.min(1_000, deadline - Date.now()));
      await this.#changed.promise;
      clearTimeout(pause);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #take(stream: StreamId, event: StreamEvent): void {
    this.streams.get(stream)?.push(event);
    if (event.type !== 'posted') return;
    this.#posts++;
    this.#onPost(event.cid);
    this.#wake();
  }

  /** Too far behind for the socket: the same events are read page by page. */
  async #catchUp(stream: StreamId, head: number): Promise<void> {
    for (;;) {
      const after = this.streams.get(stream)?.at(-1)?.seq ?? 0;
      if (after >= head) break;
      const { events } = await patiently(() => this.#client.rest.events(stream as never, { after, limit: 1_000 }));
      for (const event of events) this.#take(stream, event);
    }
    const last = this.streams.get(stream)?.at(-1)?.seq ?? 0;
    this.#client.watch(stream, { after: last });
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
