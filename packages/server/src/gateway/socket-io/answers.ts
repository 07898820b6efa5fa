/** What an official client is called back with. */
export type Callback = (...answer: unknown[]) => void;

/** Types of frames that may answer something. */
const answering: ReadonlySet<string> = new Set(['ack', 'nack', 'watched', 'pong', 'error']);

/** Fields by which an answer names its question. */
interface Named {
  readonly stream?: unknown;
  readonly cid?: unknown;
  readonly id?: unknown;
}

/**
 * Which callback each answer belongs to. Bounded by what bounds the questions: the rate limit, and the time after which a
 * command without an answer is given up.
 */
export class Answers {
  readonly #sends = new Map<string, Callback[]>();
  readonly #requests = new Map<number, Callback>();
  #lastId = 0;
  /** Of the question that is being put: a refusal at once names nothing, and is its answer. */
  #asking: Callback | undefined;

  /** A number for a request that is answered by number. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Puts a question. Its answer goes to the callback: at once, or when it comes. */
  ask(frame: Named & { readonly t: string; readonly mode?: unknown }, callback: Callback, put: () => void): void {
    this.#asking = callback;
    put();
    const isAnswered = this.#asking === undefined;
    this.#asking = undefined;
    if (isAnswered) return;
    if (frame.t === 'watch') this.#requests.set(Number(frame.id), callback);
    else if (frame.t !== 'send') callback();
    else if (frame.mode !== 'at-most-once') {
      const key = keyOf(frame);
      const waiting = this.#sends.get(key);
      if (waiting === undefined) this.#sends.set(key, [callback]);
      else waiting.push(callback);
    }
  }

  /** Gives a frame to whom it answers. False where it answers nobody. */
  take(type: string, text: string): boolean {
    if (!answering.has(type)) return false;
    if (this.#asking === undefined && this.#sends.size === 0 && this.#requests.size === 0) return false;
    const frame = JSON.parse(text) as Named;
    const callback = this.#callbackFor(type, frame);
    callback?.(frame);
    return callback !== undefined;
  }

  #callbackFor(type: string, frame: Named): Callback | undefined {
    // No command is acknowledged in the moment it is sent.
    const asking = type === 'ack' ? undefined : this.#asking;
    if (asking !== undefined) {
      this.#asking = undefined;
      return asking;
    }
    if (typeof frame.id === 'number') {
      const callback = this.#requests.get(frame.id);
      this.#requests.delete(frame.id);
      return callback;
    }
    if (type !== 'ack' && type !== 'nack') return undefined;
    // The same command sent again before its answer is answered as often.
    const waiting = this.#sends.get(keyOf(frame));
    const callback = waiting?.shift();
    if (waiting?.length === 0) this.#sends.delete(keyOf(frame));
    return callback;
  }
}

const keyOf = ({ stream, cid }: Named): string => `${String(stream)} ${String(cid)}`;
