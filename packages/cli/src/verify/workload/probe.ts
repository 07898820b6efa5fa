import type { ConversationId } from '@parley/client';
import type { Member } from './member.ts';

/** Between one probe's acknowledgement and its next message. */
const pauseMs = 250;

/** Measures, in several conversations at once, when sends are acknowledged: what people feel of a fault. */
export class Probes {
  readonly #sends = new Map<ConversationId, { readonly sentAt: number; readonly acknowledgedAt: number }[]>();
  readonly #member: Member;
  #isRunning = true;
  #running: Promise<void>[] = [];

  constructor(member: Member, conversations: readonly ConversationId[]) {
    this.#member = member;
    for (const id of conversations) this.#sends.set(id, []);
  }

  start(): void {
    this.#running = Array.from(this.#sends, ([id, sends]) => this.#run(id, sends));
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#running);
  }

  /**
   * How long after a moment (of `performance.now()`) a send that began after it had been acknowledged in every probed
   * conversation; `undefined` when none ever was in one of them.
   */
  recoveredAfter(since: number): number | undefined {
    let latest = 0;
    for (const sends of this.#sends.values()) {
      const next = sends.find(({ sentAt }) => sentAt >= since);
      if (next === undefined) return undefined;
      latest = Math.max(latest, next.acknowledgedAt - since);
    }
    return Math.round(latest);
  }

  async #run(id: ConversationId, sends: { sentAt: number; acknowledgedAt: number }[]): Promise<void> {
    for (;;) {
      // One more send begins after the end of everything: what it takes is the recovery from the last fault.
      const isLast = !this.#isRunning;
      const sentAt = performance.now();
      // The outbox sends it until it is acknowledged; a refusal for good would be a finding of its own, and ends the probe.
      await this.#member.request(id, { type: 'post', text: 'probe' });
      sends.push({ sentAt, acknowledgedAt: performance.now() });
      if (isLast) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
