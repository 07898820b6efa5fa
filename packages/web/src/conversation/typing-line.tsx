import { draftKey } from '../state/drafts.ts';
import { displayNameOf, meet } from '../state/people.ts';
import { typists } from '../state/typing.ts';
import type { TimelineView } from '../state/view.ts';
import { maxNamed, typingText } from './typing-text.ts';

/** Who is writing here. Keeps its height, so that nothing jumps. */
export function TypingLine({ view }: { view: TimelineView }) {
  const users = typists.value.get(draftKey(view.id, view.thread)) ?? [];
  meet(users.slice(0, maxNamed));
  return (
    <div class="typing-line">
      {users.length === 0 ? null : (
        <>
          <span class="typing-line-dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {typingText(users.map(displayNameOf))}
        </>
      )}
    </div>
  );
}
