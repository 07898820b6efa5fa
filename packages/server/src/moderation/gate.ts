import { type ConversationCommand, type ConversationId, isConversationStream, ParleyError } from '@parley/protocol';
import type { Audit, AuditWish, Origin } from '../audit/index.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { CommandLimits } from '../limits/command-limits.ts';
import type { Log } from '../log.ts';
import type { StreamStore } from '../store/port.ts';
import type { Wish } from '../stream/types.ts';
import type { WordFilters } from './filters.ts';

/** What happens around a command at the node it comes in at, whichever way it comes. */
export interface Gate {
  /** Why it is not even published, if so. On the way of every message: it asks nobody. */
  refusal(wish: Wish, from: Origin | undefined): ParleyError | undefined;
  /** The same answer; the audit log tells of it where it is worth that. */
  noted(answer: Promise<number>, wish: Wish, from: Origin | undefined): Promise<number>;
}

export interface GateOptions {
  readonly filters: WordFilters;
  readonly limits: CommandLimits;
  readonly audit: Audit;
  readonly refusals: Refusals;
  readonly store: Pick<StreamStore, 'messagesAt'>;
  readonly log: Log;
}

/** Limits and filters of words before, the audit log after. */
export function createGate({ filters, limits, audit, refusals, store, log }: GateOptions): Gate {
  return {
    refusal(wish, from) {
      const { stream, command } = wish;
      const hurried = limits.refusal(wish, from);
      if (hurried !== undefined) return hurried;
      if (!isConversationStream(stream)) return undefined;
      for (const field of ['text', 'name', 'topic'] as const) {
        const text = field in command ? (command as Partial<Record<typeof field, unknown>>)[field] : undefined;
        if (typeof text !== 'string') continue;
        const refused = filters.refusal(stream, text, `command.${field}`);
        if (refused !== undefined) return refused;
      }
      return undefined;
    },
    async noted(answer, wish, from) {
      try {
        await answer;
      } catch (error) {
        failed(wish, from, error);
        throw error;
      }
      done(wish, from);
      return answer;
    },
  };

  function done({ stream, actor, command }: Wish, from: Origin | undefined): void {
    if (!isConversationStream(stream)) return;
    if (command.type === 'delete') {
      noteRemoval(stream, command.target, { act: 'message.removed', actor, conversation: stream, from });
      return;
    }
    const told = toldOf(command as ConversationCommand);
    if (told !== undefined) audit.record({ ...told, actor, conversation: stream, from });
  }

  function failed({ stream, actor, command }: Wish, from: Origin | undefined, error: unknown): void {
    if (!isConversationStream(stream) || !(error instanceof ParleyError) || error.code !== 'forbidden') return;
    const target = 'user' in command ? command.user : undefined;
    refusals.note(command.type, { actor, target, conversation: stream, from });
  }

  /** Who deletes a message of their own keeps no order; whose it was is in its row. */
  function noteRemoval(stream: ConversationId, target: number, wish: AuditWish): void {
    store.messagesAt(stream, [target]).then(
      ([row]) => {
        if (row?.actor !== wish.actor) audit.record({ ...wish, target: row?.actor, detail: { seq: target } });
      },
      (error: unknown) => {
        log.warn({ error: String(error) }, 'whose message was removed is not known');
        audit.record({ ...wish, detail: { seq: target } });
      },
    );
  }
}

/** What the audit log tells of a command; nothing of those that keep no order. */
function toldOf(command: ConversationCommand): Pick<AuditWish, 'act' | 'target' | 'detail'> | undefined {
  switch (command.type) {
    case 'setRole':
      return { act: 'conversation.role', target: command.user, detail: { role: command.role } };
    case 'remove':
      return { act: 'conversation.removed', target: command.user };
    case 'ban':
      return { act: 'conversation.banned', target: command.user, detail: { on: command.on } };
    case 'silence':
      return { act: 'conversation.silenced', target: command.user, detail: { forMs: command.forMs } };
    case 'admit':
      return { act: 'conversation.admitted', target: command.user, detail: { on: command.on } };
    case 'hide':
      return { act: 'message.hidden', detail: { seq: command.target, on: command.on } };
    case 'setRules': {
      const { type: _type, ...rules } = command;
      const set = Object.entries(rules).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      return { act: 'conversation.rules', detail: Object.fromEntries(set) as Record<string, number | boolean> };
    }
    default:
      return undefined;
  }
}
