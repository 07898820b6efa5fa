import type { ConversationEvent, Message, ParleyClient } from '@parley/client';
import { patiently } from '../replay/patience.ts';
import type { Named } from './conversations.ts';
import { People } from './people.ts';
import { eventLine, type Look, messageLine, peopleIn } from './render.ts';

export interface FollowOptions {
  /** Messages of history shown first, at most 200. */
  readonly history: number;
  /** Ends after history. */
  readonly once?: boolean;
  /** Lines of JSON. */
  readonly json: boolean;
  readonly isColoured: boolean;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
  /** Sees each message of history and each live event. */
  readonly onSeen?: (seen: Message | ConversationEvent) => void;
}

/**
 * Shows the newest page of a conversation, then what happens, each once and in order. Ends with the signal; throws when
 * the right to see ends.
 */
export async function follow(client: ParleyClient, { conversation }: Named, options: FollowOptions): Promise<void> {
  const { history, json, write, signal } = options;
  const { id } = conversation;
  const people = new People(client);
  const look: Look = { isColoured: options.isColoured, nameOf: (user) => people.nameOf(user) };
  const page = await patiently(() => client.rest.messages(id, { limit: Math.max(1, history) }), signal);
  people.meet(page.people);
  for (const message of history === 0 ? [] : page.messages) {
    write(json ? messageJson(message, id, look) : messageLine(message, look));
    options.onSeen?.(message);
  }
  if (options.once === true) return;
  for await (const event of client.events(id, { after: page.head, signal })) {
    // A conversation's stream holds nothing else.
    const happened = event as ConversationEvent;
    // A name that cannot be had just now is shown as its id.
    await people.need(peopleIn(happened)).catch(() => undefined);
    write(json ? eventJson(happened, id, look) : eventLine(happened, look));
    options.onSeen?.(happened);
  }
}

/** A message as its event was, with what became of it since. */
const messageJson = (message: Message, stream: string, { nameOf }: Look): string =>
  JSON.stringify({ stream, type: 'posted', name: nameOf(message.actor), ...message });

const eventJson = (event: ConversationEvent, stream: string, { nameOf }: Look): string =>
  JSON.stringify({ stream, name: nameOf(event.actor), ...event });
