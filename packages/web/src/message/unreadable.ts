import type { Message } from '@parley/client';

/** What stands in the place of a text that nobody can read any more; `undefined` where there is one. */
export function unreadableNote({ unreadable }: Pick<Message, 'unreadable'>): string | undefined {
  if (unreadable === undefined) return undefined;
  return unreadable === 'erased'
    ? 'This message was erased.'
    : 'This message cannot be read: it was changed where it is stored.';
}
