import './composer.css';
import type { ConversationId } from '@parley/client';
import type { Signal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { CompletionList } from './completion-list.tsx';
import { isTouch } from './fields.ts';
import { toggleMark } from './marking.ts';
import { replaceIn } from './replace.ts';
import { useCompletion } from './use-completion.ts';

const marks: Readonly<Record<string, string>> = { b: '**', i: '*', e: '`' };

export interface TextBoxProps {
  readonly conversation: ConversationId;
  readonly text: Signal<string>;
  readonly label: string;
  readonly placeholder?: string;
  readonly onInput?: () => void;
  readonly onSubmit: () => void;
  readonly onEscape?: () => void;
  /** ArrowUp in an empty box. */
  readonly onUp?: () => void;
  readonly onBlur?: () => void;
  /** Hands out the field while it is on screen; returns what takes it back. */
  readonly onField?: (field: HTMLTextAreaElement) => () => void;
  readonly describedBy?: string | undefined;
}

/** A text of some lines that grows with what is written, with Markdown keys and @-completion. */
export function TextBox(props: TextBoxProps) {
  const { conversation, text, label, placeholder, describedBy, onField } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const completion = useCompletion(conversation, text, field);
  const isOpen = completion.suggestions.value.length > 0;
  // Before anything is drawn: what is typed right after the key that opened the box belongs in it.
  useLayoutEffect(() => (field.current === null ? undefined : onField?.(field.current)), [onField]);

  const follow = () => {
    const { current } = field;
    if (current === null) return;
    completion.moved(
      current.selectionStart === current.selectionEnd && document.activeElement === current
        ? current.selectionStart
        : undefined,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (completion.onKey(event) || field.current === null || event.isComposing) return;
    const { value, selectionStart: start, selectionEnd: end } = field.current;
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey ? marks[event.key] : undefined;
    if (mark !== undefined) {
      event.preventDefault();
      replaceIn(field.current, toggleMark({ text: value, start, end }, mark));
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !(isTouch() && !event.ctrlKey)) {
      event.preventDefault();
      props.onSubmit();
    } else if (event.key === 'Escape' && props.onEscape !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      props.onEscape();
    } else if (event.key === 'ArrowUp' && value === '' && props.onUp !== undefined) {
      event.preventDefault();
      props.onUp();
    }
  };
  return (
    <div class="text-box">
      <CompletionList id={listId} completion={completion} />
      <div class="text-box-field">
        <textarea
          ref={field}
          class="text-box-input"
          rows={1}
          value={text.value}
          aria-label={label}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-describedby={describedBy}
          {...(isOpen
            ? { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${completion.active.value}` }
            : {})}
          placeholder={placeholder}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            follow();
            props.onInput?.();
          }}
          onSelect={follow}
          onKeyUp={follow}
          onClick={follow}
          onKeyDown={onKeyDown}
          onBlur={() => {
            completion.moved(undefined);
            props.onBlur?.();
          }}
        />
        {/* Gives the box its height: as tall as its text, without measuring. */}
        <div class="text-box-mirror" aria-hidden="true">
          {`${text.value}\n`}
        </div>
      </div>
    </div>
  );
}
