import type { ConversationId } from '@parley/client';
import type { Member } from './member.ts';

/** Between one probe's acknowledgement and its next message. */
const pauseMs = 100;

/** Measures, in several conversations at once, when sends are acknowledged: what people feel of a fault. */
export class Probes {
  readonly #acknowledgedAt = new Map<ConversationId, number[]>();
  readonly #member: Member;
  #isRunning = true;
  #running: Promise<void>[] = [];

  constructor(member: Member, conversations: readonly ConversationId[]) {
    this.#member = member;
    for (const id of conversations) this.#acknowledgedAt.set(id, []);
  }

  start(): void {
    this.#running = Array.from(this.#acknowledgedAt, ([id, times]) => this.#run(id, times));
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#running);
  }

  /** How long after a moment (of `performance.now()`) every probe had been acknowledged again; `undefined` when one never was. */
  recoveredAfter(since: number): number | undefined {
    let latest = 0;
    for (const times of this.#acknowledgedAt.values()) {
      const next = times.find((time) => time >= since);
      if (next === undefined) return undefined;
      latest = Math.max(latest, next - since);
    }
    return Math.round(latest);
  }

  async #run(id: ConversationId, times: number[]): Promise<void> {
    while (this.#isRunning) {
      // The outbox sends it until it is acknowledged; a refusal for good would be a finding of its own, and ends the probe.
      await this.#member.request(id, { type: 'post', text: 'probe' });
      times.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
