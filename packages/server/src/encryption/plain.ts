import { type Command, ParleyError, type StreamEvent } from '@parley/protocol';
import { isSealed } from './sealed.ts';
import type { Sealing } from './sealing.ts';

/** What there is without a keyring: texts go as they are, and what others sealed is refused, in both directions. */
export const plainSealing: Sealing = {
  seal(wish) {
    refuseMarks(wish.command);
    return wish;
  },
  open(_stream, events) {
    if (events.some(isSealedEvent)) throw noKeyring();
    return events;
  },
  openMessages(_stream, rows) {
    if (rows.some(({ text }) => isSealed(text))) throw noKeyring();
    return rows;
  },
  openState() {
    // Asked for only where something in it is sealed.
    throw noKeyring();
  },
  sealServerText: (_purpose, _of, text) => text,
  openServerText(_purpose, _of, text) {
    if (isSealed(text)) throw noKeyring();
    return text;
  },
  sealSignal: (_actor, signal) => signal,
  openSignal: (_actor, signal) => (signal.type === 'profile' && isSealed(signal.status) ? undefined : signal),
};

const noKeyring = (): ParleyError =>
  new ParleyError('keys-missing', {
    retryAfterMs: 5_000,
    message:
      'This was stored encrypted, and this server was started without its keyring. Please tell its administrator.',
  });

/** Nobody may send what looks as if it had been sealed: read, it would be taken for damaged. */
export function refuseMarks(command: Command): void {
  // What nearly every command is.
  if (command.type === 'post' && !isSealed(command.text)) return;
  const field = (['text', 'name', 'topic', 'value'] as const).find((name) => {
    const value: unknown = name in command ? Reflect.get(command, name) : undefined;
    return typeof value === 'string' && isSealed(value);
  });
  if (field !== undefined)
    throw new ParleyError('bad-request', {
      message: 'A text may not begin with two delete characters (U+007F).',
      field: `command.${field}`,
    });
}

/** Whether an event carries sealed text. */
export function isSealedEvent(event: StreamEvent): boolean {
  switch (event.type) {
    case 'posted':
    case 'edited':
      return isSealed(event.text);
    case 'created':
      return isSealed(event.name) || isSealed(event.topic);
    case 'renamed':
      return isSealed(event.name);
    case 'topicSet':
      return isSealed(event.topic);
    case 'preferenceSet':
      return typeof event.value === 'string' && isSealed(event.value);
    default:
      return false;
  }
}
