import type { Message, StreamEvent, StreamId } from '@parley/protocol';
import type { OpeningKey } from './data-keys.ts';
import { isSealed, type Purpose } from './sealed.ts';
import type { Seals } from './seals.ts';

/** The keys of one stream that are at hand, by generation. */
export type KeysAtHand = (generation: number) => OpeningKey | undefined;

/** What is sealed of an event, each text with its purpose. */
export function textsOfEvent(event: StreamEvent): readonly (readonly [text: string, purpose: Purpose])[] {
  switch (event.type) {
    case 'posted':
      return [[event.text, 'post']];
    case 'edited':
      return [[event.text, 'edit']];
    case 'created':
      return [
        [event.name, 'name'],
        [event.topic, 'topic'],
      ];
    case 'renamed':
      return [[event.name, 'name']];
    case 'topicSet':
      return [[event.topic, 'topic']];
    case 'preferenceSet':
      return typeof event.value === 'string' ? [[event.value, 'preference']] : [];
    default:
      return [];
  }
}

/** An event as it may be shown: its texts, or that they cannot be read and why. */
export function openedEvent(seals: Seals, scope: StreamId, event: StreamEvent, keys: KeysAtHand): StreamEvent {
  switch (event.type) {
    case 'posted': {
      if (!isSealed(event.text)) return event;
      const opened = seals.open({ scope, purpose: 'post' }, event, event.text, keys);
      return 'text' in opened ? { ...event, text: opened.text } : { ...event, text: '', unreadable: opened.unreadable };
    }
    case 'edited': {
      if (!isSealed(event.text)) return event;
      const opened = seals.open({ scope, purpose: 'edit', of: String(event.target) }, event, event.text, keys);
      return 'text' in opened ? { ...event, text: opened.text } : { ...event, text: '', unreadable: opened.unreadable };
    }
    case 'created': {
      const name = seals.open({ scope, purpose: 'name' }, event, event.name, keys);
      const topic = seals.open({ scope, purpose: 'topic' }, event, event.topic, keys);
      const texts = { name: textOf(name), topic: textOf(topic) };
      return 'text' in name ? { ...event, ...texts } : { ...event, ...texts, unreadable: name.unreadable };
    }
    case 'renamed': {
      const opened = seals.open({ scope, purpose: 'name' }, event, event.name, keys);
      return 'text' in opened ? { ...event, name: opened.text } : { ...event, name: '', unreadable: opened.unreadable };
    }
    case 'topicSet': {
      const opened = seals.open({ scope, purpose: 'topic' }, event, event.topic, keys);
      return 'text' in opened
        ? { ...event, topic: opened.text }
        : { ...event, topic: '', unreadable: opened.unreadable };
    }
    case 'preferenceSet': {
      if (typeof event.value !== 'string' || !isSealed(event.value)) return event;
      const opened = seals.open({ scope, purpose: 'preference', of: event.key }, event, event.value, keys);
      return { ...event, value: 'text' in opened ? JSON.parse(opened.text) : null };
    }
    default:
      return event;
  }
}

/** The purpose a message's text was sealed for: it may have been edited since. */
export const purposeOf = ({ editedAt }: Message): Purpose => (editedAt === undefined ? 'post' : 'edit');

/** A message's row as it may be shown. An edit is sealed under its own command's cid, which the row does not know and the text does. */
export function openedMessage(seals: Seals, scope: StreamId, row: Message, keys: KeysAtHand): Message {
  if (!isSealed(row.text)) return row;
  const { actor, cid, seq, text } = row;
  const opened =
    row.editedAt === undefined
      ? seals.open({ scope, purpose: 'post' }, { actor, cid }, text, keys)
      : seals.open({ scope, purpose: 'edit', of: String(seq) }, { actor }, text, keys);
  return 'text' in opened ? { ...row, text: opened.text } : { ...row, text: '', unreadable: opened.unreadable };
}

const textOf = (opened: ReturnType<Seals['open']>): string => ('text' in opened ? opened.text : '');
