import { plainText } from '../markdown/render.ts';
import { lookUp } from '../message/look-up.ts';
import { displayNameOf } from '../state/people.ts';
import type { TimelineView } from '../state/view.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** Which message the next one answers. */
export function ReplyChip({ view, seq, onDrop }: { view: TimelineView; seq: number; onDrop: () => void }) {
  const answered = lookUp(view, seq);
  return (
    <div class="reply-chip">
      <Icon name="reply" size={16} />
      <span class="reply-chip-text">
        Replying to <strong>{answered === undefined ? 'a message' : displayNameOf(answered.actor)}</strong>
        {answered === undefined ? '' : ` ${plainText(answered.text).slice(0, 160)}`}
      </span>
      <IconButton size="s" icon="close" label="Do not reply" onClick={onDrop} />
    </div>
  );
}
