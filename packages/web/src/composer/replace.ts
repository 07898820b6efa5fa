import type { Replacement } from './marking.ts';

/** Changes a text field as typing would: the browser's undo knows of it, and `input` is fired. */
export function replaceIn(field: HTMLTextAreaElement, { from, to, insert, start, end }: Replacement): void {
  field.focus();
  field.setSelectionRange(from, to);
  // Deprecated without a successor: nothing else keeps the undo history.
  const isDone = insert === '' ? document.execCommand('delete') : document.execCommand('insertText', false, insert);
  if (!isDone) {
    field.setRangeText(insert, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}

/** Puts a text where the caret is, set off from a word before it. */
export function insertAtCaret(field: HTMLTextAreaElement, text: string): void {
  const { selectionStart: from, selectionEnd: to, value } = field;
  const isGlued = from > 0 && !/\s/.test(value[from - 1] ?? ' ');
  const insert = isGlued ? ` ${text}` : text;
  replaceIn(field, { from, to, insert, start: from + insert.length, end: from + insert.length });
}
