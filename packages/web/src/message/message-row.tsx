import './message.css';
import type { Message } from '@parley/client';
import { useSignal } from '@preact/signals';
import { memo } from 'preact/compat';
import { clockTime, fullTime } from '../state/format.ts';
import { displayNameOf } from '../state/people.ts';
import { editing, openPanel } from '../state/screen.ts';
import { me } from '../state/session.ts';
import type { TimelineView } from '../state/view.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { actionsOn } from './message-actions.ts';
import { MessageEditor } from './message-editor.tsx';
import { messageLabel } from './message-label.ts';
import { MessageText } from './message-text.tsx';
import { MessageToolbar } from './message-toolbar.tsx';
import { Reactions } from './reactions.tsx';
import { ReplyQuote } from './reply-quote.tsx';
import { ThreadSummary } from './thread-summary.tsx';

export interface MessageRowProps {
  readonly view: TimelineView;
  readonly message: Message;
  /** Follows a message of the same author closely: without face and name. */
  readonly continues: boolean;
  /** The one message of the list that the Tab key reaches. */
  readonly isTabStop: boolean;
  /** It heads a thread beside its conversation: read there, changed in its own place. */
  readonly isRoot?: boolean;
}

/** A stored message in its list. */
export const MessageRow = memo(function MessageRow({
  view,
  message,
  continues,
  isTabStop,
  isRoot = false,
}: MessageRowProps) {
  const { actor, seq, at } = message;
  const isNear = useSignal(false);
  const hasFocus = useSignal(false);
  const isHeld = useSignal(false);
  const isEditing = !isRoot && editing.value === seq && message.deleted !== true;
  const name = displayNameOf(actor);
  const self = me.value?.id;
  const namesMe = message.mass !== undefined || (self !== undefined && message.mentions?.includes(self) === true);
  const isMarked = view.highlighted.value === seq;
  const showsToolbar = !isEditing && !isRoot && (isNear.value || hasFocus.value || isHeld.value);
  return (
    <article
      class={`message ${continues ? 'message-continued' : ''} ${namesMe ? 'message-names-me' : ''} ${isMarked ? 'message-marked' : ''} ${showsToolbar ? 'message-near' : ''}`}
      aria-label={messageLabel(message, name)}
      aria-current={isMarked ? 'true' : undefined}
      tabIndex={isTabStop ? 0 : -1}
      {...(isRoot ? {} : { 'data-seq': seq })}
      onPointerEnter={(event) => {
        isNear.value = event.pointerType === 'mouse';
      }}
      onPointerLeave={() => {
        isNear.value = false;
      }}
      onClick={(event) => {
        // A tap shows what a pointer above the message would.
        if (event instanceof PointerEvent && event.pointerType === 'touch') hasFocus.value = !hasFocus.peek();
      }}
      onFocusIn={(event) => {
        if (event.target instanceof Element && event.target.matches(':focus-visible')) hasFocus.value = true;
      }}
      onFocusOut={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
          hasFocus.value = false;
      }}
      onKeyDown={(event) => {
        if (!isRoot) onKey(event, view, message);
      }}
    >
      <div class="message-gutter">
        {continues ? (
          <time class="message-gutter-time" dateTime={new Date(at).toISOString()} title={fullTime(at)}>
            {clockTime(at)}
          </time>
        ) : (
          <button
            type="button"
            class="message-face"
            tabIndex={-1}
            aria-hidden="true"
            title={`About ${name}`}
            onClick={() => openPanel({ type: 'person', user: actor })}
          >
            <Avatar user={actor} size={36} />
          </button>
        )}
      </div>
      <div class="message-main">
        {continues ? null : (
          <header class="message-header">
            <button
              type="button"
              class="message-name"
              tabIndex={-1}
              onClick={() => openPanel({ type: 'person', user: actor })}
            >
              {name}
            </button>
            <time class="message-time" dateTime={new Date(at).toISOString()} title={fullTime(at)}>
              {clockTime(at)}
            </time>
          </header>
        )}
        {message.pinned === true ? (
          <p class="message-pinned">
            <Icon name="pin" size={16} /> Pinned
          </p>
        ) : null}
        {message.replyTo === undefined || message.deleted === true ? null : (
          <ReplyQuote view={view} seq={message.replyTo} />
        )}
        {isEditing ? <MessageEditor view={view} message={message} /> : <MessageText message={message} />}
        <Reactions view={view} message={message} />
        {isRoot ? null : <ThreadSummary view={view} message={message} />}
      </div>
      {showsToolbar ? (
        <MessageToolbar
          view={view}
          message={message}
          onHold={(held) => {
            isHeld.value = held;
          }}
        />
      ) : null}
    </article>
  );
});

/** The keys of a focused message; what is typed inside of it is its own. */
function onKey(event: KeyboardEvent & { currentTarget: HTMLElement }, view: TimelineView, message: Message): void {
  const row = event.currentTarget;
  if (event.key === 'Escape' && event.target !== row && row.contains(document.activeElement)) {
    event.stopPropagation();
    row.focus();
    return;
  }
  if (event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter' || event.key === '+') {
    event.preventDefault();
    row.querySelector<HTMLElement>('.message-toolbar button')?.focus();
    return;
  }
  const action = actionsOn(view, message).find(({ key }) => key === event.key);
  if (action === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  action.run();
}
