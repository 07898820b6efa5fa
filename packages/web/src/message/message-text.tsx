import type { Message } from '@parley/client';
import { renderMarkdown } from '../markdown/render.ts';
import { fullTime } from '../state/format.ts';
import { peopleByName } from '../state/people.ts';
import { me } from '../state/session.ts';
import { isJumbo } from './message-label.ts';
import { unreadableNote } from './unreadable.ts';

/** A message's text, formatted. */
export function MessageText({
  message,
}: {
  message: Pick<Message, 'text' | 'mentions' | 'mass' | 'editedAt' | 'deleted' | 'hidden' | 'unreadable'>;
}) {
  if (message.deleted === true) return <p class="message-deleted">This message was deleted.</p>;
  if (message.hidden === true) return <p class="message-deleted">A moderator hid this message.</p>;
  const note = unreadableNote(message);
  if (note !== undefined) return <p class="message-deleted">{note}</p>;
  const context = {
    byName: peopleByName.value,
    mentions: message.mentions ?? [],
    mass: message.mass !== undefined,
    me: me.value?.id,
  };
  return (
    <div class={isJumbo(message.text) ? 'message-text message-jumbo' : 'message-text'} dir="auto">
      {renderMarkdown(message.text, context)}
      {message.editedAt === undefined ? null : (
        <span class="message-edited" title={`Edited ${fullTime(message.editedAt)}`}>
          (edited)
        </span>
      )}
    </div>
  );
}
