import type { ParleyClient, StreamId, UserId } from '@parley/client';

/** Without a new signal, somebody has stopped after so long. */
const forgetMs = 6_000;
/** A new signal while typing goes on, at most so often. */
const repeatMs = 3_000;

/** Who else types in the conversation on the screen. */
export class Typing {
  stream: StreamId | undefined;
  readonly #client: ParleyClient;
  readonly #timers = new Map<UserId, ReturnType<typeof setTimeout>>();
  readonly #onChange: (typists: readonly UserId[]) => void;
  readonly #stopListening: () => void;
  #toldAt = 0;

  constructor(client: ParleyClient, onChange: (typists: readonly UserId[]) => void) {
    this.#client = client;
    this.#onChange = onChange;
    this.#stopListening = client.on('signal', ({ stream, actor, signal }) => {
      if (stream !== this.stream || signal.type !== 'typing' || actor === client.user) return;
      if (signal.on) this.#started(actor);
      else this.stopped(actor);
    });
  }

  stopped(user: UserId): void {
    clearTimeout(this.#timers.get(user));
    if (this.#timers.delete(user)) this.#onChange([...this.#timers.keys()]);
  }

  /** Tells the others that one types oneself; seldom enough to cost nothing. */
  tell(): void {
    if (this.stream === undefined || Date.now() - this.#toldAt < repeatMs) return;
    this.#toldAt = Date.now();
    this.#client.signal(this.stream, { type: 'typing', on: true });
  }

  /** The next letter is news again. */
  sent(): void {
    this.#toldAt = 0;
  }

  close(): void {
    this.#stopListening();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #started(user: UserId): void {
    clearTimeout(this.#timers.get(user));
    this.#timers.set(
      user,
      setTimeout(() => this.stopped(user), forgetMs),
    );
    this.#onChange([...this.#timers.keys()]);
  }
}
