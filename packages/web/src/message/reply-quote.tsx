import { plainText } from '../markdown/render.ts';
import { displayNameOf } from '../state/people.ts';
import type { TimelineView } from '../state/view.ts';
import { Icon } from '../ui/icon.tsx';
import { lookUp } from './look-up.ts';
import { unreadableNote } from './unreadable.ts';

/** The answered message in one line; pressing it goes there. */
export function ReplyQuote({ view, seq }: { view: TimelineView; seq: number }) {
  const answered = lookUp(view, seq);
  const text =
    answered === undefined
      ? 'an earlier message'
      : answered.deleted === true
        ? 'a deleted message'
        : (unreadableNote(answered) ?? plainText(answered.text).slice(0, 200));
  return (
    <button type="button" class="reply-quote" onClick={() => void view.jumpTo(seq)}>
      <Icon name="reply" size={16} />
      <span class="visually-hidden">In reply to </span>
      {answered === undefined ? null : <span class="reply-quote-name">{displayNameOf(answered.actor)}</span>}
      <span class="reply-quote-text">{text}</span>
    </button>
  );
}
