import { limits, type Message } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import { focusComposer, isTouch } from '../composer/fields.ts';
import { TextBox } from '../composer/text-box.tsx';
import { edit } from '../state/actions.ts';
import { draftKey, readDraft, writeDraft } from '../state/drafts.ts';
import { editing } from '../state/screen.ts';
import { toast } from '../state/toasts.ts';
import type { TimelineView } from '../state/view.ts';
import { Button } from '../ui/button.tsx';
import { confirmDelete } from './message-actions.ts';

/** A message's text being changed, in its place. What was begun survives a scroll, a refusal and a reload. */
export function MessageEditor({ view, message }: { view: TimelineView; message: Message }) {
  const key = `${draftKey(view.id, view.thread)}#${message.seq}`;
  const text = useSignal(readDraft(key) || message.text);
  const close = () => {
    editing.value = undefined;
    if (!isTouch()) focusComposer(draftKey(view.id, view.thread));
  };
  const cancel = () => {
    writeDraft(key, '');
    close();
  };
  const save = async () => {
    const changed = text.peek().trim();
    if (changed === '') return confirmDelete(view, message.seq);
    if (changed.length > limits.maxTextLength) return toast('This message is too long.', 'bad');
    writeDraft(key, '');
    close();
    if (changed === message.text || (await edit(view.id, message.seq, changed))) return;
    writeDraft(key, changed);
    editing.value = message.seq;
  };
  const onField = useCallback((field: HTMLTextAreaElement) => {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    return () => {};
  }, []);
  return (
    <form
      class="message-editor"
      aria-label="Edit message"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextBox
        conversation={view.id}
        text={text}
        label="Edit message"
        onField={onField}
        onInput={() => writeDraft(key, text.peek())}
        onSubmit={() => void save()}
        onEscape={cancel}
      />
      <div class="message-editor-tools">
        <Button type="submit" kind="primary" size="s">
          Save
        </Button>
        <Button size="s" onClick={cancel}>
          Cancel
        </Button>
        <span class="message-editor-hint">Enter saves, Escape cancels</span>
      </div>
    </form>
  );
}
