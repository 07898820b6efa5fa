import { type ConversationId, isConversationId, type Message, ParleyError, type UserId } from '@parley/protocol';
import { report as reportSchema } from '@parley/protocol/schemas';
import { z } from 'zod';
import { Shelf } from '../accounts/shelf.ts';
import type { Audit, Origin } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import { see } from '../reads/access.ts';
import type { StreamStates } from '../reads/states.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { StreamStore } from '../store/port.ts';

/** What is kept of a report: who reported what and why, and what became of it. The message itself stays where it is. */
const kept = reportSchema.omit({ conversation: true, message: true });
export type Report = z.output<typeof reportSchema>;
export type ReportReason = Report['reporters'][number]['reason'];

/** Reporters kept by name; more say nothing new. */
const maxReporters = 100;
/** Reports shown at once. */
const shown = 200;

export interface ReportsOptions {
  readonly store: DocumentStore & StreamStore;
  readonly states: StreamStates;
  readonly clock: Clock;
  readonly audit: Audit;
}

/**
 * Reports of messages. Whoever reports one shows it to those who keep order: the conversation's moderators, and the server's
 * administrators, who else see nothing of private talk. A list of what is open is kept beside them, in the order of time.
 */
export class Reports {
  readonly #shelf: Shelf<typeof kept>;
  readonly #open: Shelf<typeof place>;
  readonly #options: ReportsOptions;

  constructor(options: ReportsOptions) {
    this.#options = options;
    this.#shelf = new Shelf(options.store, 'report', kept);
    this.#open = new Shelf(options.store, 'report-open', place);
  }

  /** Reports a message the asker may see. Once more by the same person changes nothing. */
  async report(
    asker: Principal,
    conversation: ConversationId,
    seq: number,
    reason: ReportReason,
    from: Origin,
  ): Promise<void> {
    const { store, states, clock, audit } = this.#options;
    const { state, since } = await see(states, asker, conversation);
    const [row] = seq < since || seq > state.head ? [] : await store.messagesAt(conversation, [seq]);
    if (row === undefined || row.deleted === true) throw new ParleyError('no-such-message', { field: 'seq' });
    const at = clock.now();
    const mine = { user: asker.user, reason, at };
    for (;;) {
      const known = await this.#shelf.get(conversation, keyOf(seq));
      const isOpen = known?.body.settled === undefined;
      const before = isOpen ? (known?.body.reporters ?? []) : [];
      if (before.some(({ user }) => user === asker.user) || before.length >= maxReporters) break;
      const body = { seq, author: row.actor, reporters: [...before, mine] };
      if (await this.#shelf.put(conversation, keyOf(seq), body, known?.version ?? 0)) break;
    }
    await this.#open.set('server', placeOf(conversation, seq), {});
    await this.#open.set(conversation, keyOf(seq), {});
    audit.record({
      act: 'report.made',
      actor: asker.user,
      target: row.actor,
      conversation,
      from,
      detail: { seq, reason },
    });
  }

  /** The open reports of one conversation, oldest first. */
  async ofConversation(conversation: ConversationId): Promise<Report[]> {
    const open = await this.#open.list(conversation, shown);
    return this.#found(open.map(({ key }) => [conversation, key]));
  }

  /** The open reports of the whole server. */
  async ofServer(): Promise<Report[]> {
    const places = await this.#open.list('server', shown);
    return this.#found(
      places.flatMap(({ key }) => {
        const [conversation = '', seq = ''] = key.split(':');
        return isConversationId(conversation) ? [[conversation, seq] as const] : [];
      }),
    );
  }

  /** Takes a report off the lists. Rejects with `not-found` where none is open. */
  async settle(
    by: Principal,
    conversation: ConversationId,
    seq: number,
    outcome: 'dismissed' | 'acted',
    from: Origin,
  ): Promise<void> {
    const { clock, audit } = this.#options;
    for (;;) {
      const known = await this.#shelf.get(conversation, keyOf(seq));
      if (known === undefined || known.body.settled !== undefined) throw new ParleyError('not-found');
      const settled = { by: by.user, at: clock.now(), outcome };
      if (await this.#shelf.put(conversation, keyOf(seq), { ...known.body, settled }, known.version)) break;
    }
    await this.#open.delete('server', placeOf(conversation, seq));
    await this.#open.delete(conversation, keyOf(seq));
    audit.record({ act: 'report.resolved', actor: by.user, conversation, from, detail: { seq, outcome } });
  }

  async #found(places: readonly (readonly [ConversationId, string])[]): Promise<Report[]> {
    const reports = await Promise.all(
      places.map(async ([conversation, key]) => {
        const report = await this.#shelf.get(conversation, key);
        return report === undefined || report.body.settled !== undefined ? [] : [{ conversation, ...report.body }];
      }),
    );
    return this.#withMessages(reports.flat());
  }

  /** With the messages as they stand: hidden ones too, since they are here to be looked at. */
  async #withMessages(reports: readonly Omit<Report, 'message'>[]): Promise<Report[]> {
    const rows = new Map<string, Message>();
    const byConversation = Map.groupBy(reports, ({ conversation }) => conversation);
    await Promise.all(
      Array.from(byConversation, async ([conversation, some]) => {
        const found = await this.#options.store.messagesAt(
          conversation,
          some.map(({ seq }) => seq),
        );
        for (const row of found) rows.set(placeOf(conversation, row.seq), row);
      }),
    );
    return reports.map((report) => {
      const message = rows.get(placeOf(report.conversation, report.seq));
      return message === undefined ? report : { ...report, message };
    });
  }
}

const place = z.object({});
const keyOf = (seq: number): string => String(seq).padStart(16, '0');
const placeOf = (conversation: ConversationId, seq: number): string => `${conversation}:${keyOf(seq)}`;

/** Everybody a report names. */
export const peopleInReports = (reports: readonly Report[]): Set<UserId> =>
  new Set(reports.flatMap(({ author, reporters }) => [author, ...reporters.map(({ user }) => user)]));
