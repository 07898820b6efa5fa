import { draftKey } from '../state/drafts.ts';
import { displayNameOf, meet } from '../state/people.ts';
import { typists } from '../state/typing.ts';
import type { TimelineView } from '../state/view.ts';

/** More names than these are "several people". */
const maxNamed = 3;

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

/** "Ann and Ben are typing". */
export function typingText(names: readonly string[]): string {
  if (names.length > maxNamed) return 'Several people are typing';
  if (names.length === 1) return `${names[0] ?? ''} is typing`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} are typing`;
}
