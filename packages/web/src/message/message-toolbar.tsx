import type { Message } from '@parley/client';
import { react } from '../state/actions.ts';
import { allowed } from '../state/rights.ts';
import { me } from '../state/session.ts';
import type { TimelineView } from '../state/view.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { EmojiButton } from './emoji-button.tsx';
import { recentEmoji } from './emoji-recent.ts';
import { actionsOn, type MessageAction } from './message-actions.ts';

const quickEmoji = 3;
/** What has a button of its own; the rest is in the menu. */
const shownActions: readonly MessageAction['name'][] = ['reply', 'thread'];

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (at === -1) return;
  event.preventDefault();
  event.stopPropagation();
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

/** What can be done with a message, beside it while the pointer or the focus is there. */
export function MessageToolbar({
  view,
  message,
  onHold,
}: {
  view: TimelineView;
  message: Message;
  /** Told when a menu or picker of it opens and closes. */
  onHold: (held: boolean) => void;
}) {
  const actions = actionsOn(view, message);
  const canReact = message.deleted !== true && allowed(view.id, 'react');
  const self = me.value?.id;
  const hasReacted = (emoji: string) =>
    self !== undefined && message.reactions?.find((one) => one.emoji === emoji)?.users.includes(self) === true;
  const toggle = (emoji: string) => void react(view.id, message.seq, emoji, !hasReacted(emoji));
  const menu = actions.filter(({ name }) => !shownActions.includes(name));
  return (
    <div class="message-toolbar" role="toolbar" aria-label="Message actions" onKeyDown={moveFocus}>
      {canReact
        ? recentEmoji.value.slice(0, quickEmoji).map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="message-toolbar-emoji"
              aria-label={`React with ${emoji}`}
              aria-pressed={hasReacted(emoji)}
              title={`React with ${emoji}`}
              onClick={() => toggle(emoji)}
            >
              {emoji}
            </button>
          ))
        : null}
      {canReact ? <EmojiButton label="React with another emoji" size="s" onPick={toggle} onToggle={onHold} /> : null}
      {actions
        .filter(({ name }) => shownActions.includes(name))
        .map(({ name, label, icon, run }) => (
          <IconButton key={name} icon={icon} label={label} size="s" onClick={run} />
        ))}
      {menu.length === 0 ? null : (
        <Menu
          label="More actions"
          items={menu}
          onToggle={onHold}
          trigger={(props) => <IconButton {...props} icon="more" label="More actions" size="s" />}
        />
      )}
    </div>
  );
}
