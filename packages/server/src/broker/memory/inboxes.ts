import type { Subscription } from '../port.ts';

/** Messages waiting in one inbox above which further ones are dropped, as inboxes may. */
const maxQueued = 100_000;

interface Inbox {
  readonly receive: (payload: Uint8Array) => void;
  queued: Uint8Array[];
  isScheduled: boolean;
}

/** One inbox a node: at most once, ordered. */
export class MemoryInboxes {
  readonly #inboxes = new Map<string, Inbox>();

  open(node: string, receive: (payload: Uint8Array) => void): Promise<Subscription> {
    const inbox: Inbox = { receive, queued: [], isScheduled: false };
    this.#inboxes.set(node, inbox);
    return Promise.resolve({
      close: () => {
        if (this.#inboxes.get(node) === inbox) this.#inboxes.delete(node);
        return Promise.resolve();
      },
    });
  }

  send(node: string, payload: Uint8Array): void {
    const inbox = this.#inboxes.get(node);
    if (inbox === undefined || inbox.queued.length >= maxQueued) return;
    inbox.queued.push(payload);
    if (inbox.isScheduled) return;
    inbox.isScheduled = true;
    queueMicrotask(() => {
      inbox.isScheduled = false;
      const { queued } = inbox;
      inbox.queued = [];
      for (const waiting of queued) inbox.receive(waiting);
    });
  }
}
