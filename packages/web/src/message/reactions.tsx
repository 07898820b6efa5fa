import type { Message, UserId } from '@parley/client';
import { react } from '../state/actions.ts';
import { displayNameOf, meet } from '../state/people.ts';
import { allowed } from '../state/rights.ts';
import { me } from '../state/session.ts';
import type { TimelineView } from '../state/view.ts';
import { EmojiButton } from './emoji-button.tsx';

/** Named in a tooltip; the rest is a number. */
const maxNamed = 12;

/** "Ann, Ben and you". */
export function namesOf(users: readonly UserId[], self: UserId | undefined): string {
  const others = users.filter((user) => user !== self);
  const named = others.slice(0, maxNamed).map(displayNameOf);
  if (others.length > maxNamed) named.push(`${others.length - maxNamed} more`);
  if (self !== undefined && users.includes(self)) named.push('you');
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`;
}

/** Who thinks what of a message; pressing one joins in or withdraws. */
export function Reactions({ view, message }: { view: TimelineView; message: Message }) {
  const { reactions } = message;
  if (reactions === undefined || reactions.length === 0) return null;
  const self = me.value?.id;
  const canReact = allowed(view.id, 'react');
  return (
    <div class="reactions" role="group" aria-label="Reactions">
      {reactions.map(({ emoji, users }) => {
        const isMine = self !== undefined && users.includes(self);
        meet(users.slice(0, maxNamed));
        const names = namesOf(users, self);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={isMine}
            aria-label={`${emoji} ${users.length}: ${names}`}
            title={names}
            disabled={!canReact}
            onClick={() => void react(view.id, message.seq, emoji, !isMine)}
          >
            <span class="reaction-emoji">{emoji}</span>
            <span class="reaction-count">{users.length}</span>
          </button>
        );
      })}
      {canReact ? (
        <EmojiButton
          size="s"
          label="Add a reaction"
          onPick={(emoji) => void react(view.id, message.seq, emoji, true)}
        />
      ) : null}
    </div>
  );
}
