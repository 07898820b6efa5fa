import { limits } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useCallback, useId, useLayoutEffect } from 'preact/hooks';
import { EmojiButton } from '../message/emoji-button.tsx';
import { post } from '../state/actions.ts';
import { draftKey, readDraft, writeDraft } from '../state/drafts.ts';
import { editing, replyingTo, setReply } from '../state/screen.ts';
import { myId } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { tellTyping } from '../state/typing.ts';
import type { TimelineView } from '../state/view.ts';
import { IconButton } from '../ui/button.tsx';
import { fieldOf, focusComposer, isTouch, keepField } from './fields.ts';
import { insertAtCaret } from './replace.ts';
import { ReplyChip } from './reply-chip.tsx';
import { TextBox } from './text-box.tsx';

/** What is left of the length of a message is told from here on. */
const tellBelow = 500;

/** Where one writes to a conversation or a thread; keyed by its view, so that each has a text of its own. */
export function Composer({ view, label }: { view: TimelineView; label: string }) {
  const key = draftKey(view.id, view.thread);
  const text = useSignal(readDraft(key));
  const countId = useId();
  useLayoutEffect(() => {
    if (!isTouch()) focusComposer(key);
    return () => tellTyping(view.id, false, view.thread);
  }, [key, view]);

  const reply = replyingTo.value.get(key);
  const left = limits.maxTextLength - text.value.length;
  const isSendable = text.value.trim() !== '' && left >= 0;
  const send = () => {
    if (text.peek().trim() === '') return;
    if (text.peek().length > limits.maxTextLength) return toast('This message is too long to be sent.', 'bad');
    post(view.id, text.peek().trim(), { replyTo: reply, thread: view.thread });
    text.value = '';
    writeDraft(key, '');
    setReply(key, undefined);
    tellTyping(view.id, false, view.thread);
    void view.jumpToLatest();
  };
  const onField = useCallback((field: HTMLTextAreaElement) => keepField(key, field), [key]);
  return (
    <form
      class="composer"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {reply === undefined ? null : <ReplyChip view={view} seq={reply} onDrop={() => setReply(key, undefined)} />}
      <div class="composer-row">
        <TextBox
          conversation={view.id}
          text={text}
          label={label}
          placeholder={label}
          describedBy={left < tellBelow ? countId : undefined}
          onField={onField}
          onSubmit={send}
          onUp={() => editLast(view)}
          {...(reply === undefined ? {} : { onEscape: () => setReply(key, undefined) })}
          onInput={() => {
            writeDraft(key, text.peek());
            tellTyping(view.id, text.peek().trim() !== '', view.thread);
          }}
          onBlur={() => tellTyping(view.id, false, view.thread)}
        />
        <div class="composer-tools">
          {left < tellBelow ? (
            <span id={countId} class={`composer-count ${left < 0 ? 'composer-over' : ''}`} role="status">
              {left < 0 ? `${-left} too many` : `${left} left`}
            </span>
          ) : null}
          <EmojiButton
            label="Insert an emoji"
            onPick={(emoji) => {
              const field = fieldOf(key);
              if (field !== undefined) insertAtCaret(field, emoji);
            }}
          />
          <IconButton class="composer-send" type="submit" icon="send" label="Send" disabled={!isSendable} />
        </div>
      </div>
    </form>
  );
}

/** Opens the newest own message of this list for a change. */
function editLast(view: TimelineView): void {
  const me = myId();
  const last = view.timeline.peek().rows.findLast(({ actor, deleted }) => actor === me && deleted !== true);
  if (last === undefined) return;
  // Its row comes into the page, and the focus of its text brings it on screen.
  editing.value = last.seq;
}
