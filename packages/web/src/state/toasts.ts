import { ParleyError } from '@parley/client';
import { signal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
}

/** More at once would hide the page; the oldest leaves. */
const maxToasts = 3;
const shownMs = 5_000;
let nextId = 1;

export const toasts = signal<readonly Toast[]>([]);

export function toast(text: string, tone: Toast['tone'] = 'plain'): void {
  const id = nextId++;
  toasts.value = [...toasts.value, { id, text, tone }].slice(-maxToasts);
  setTimeout(() => dismissToast(id), shownMs);
}

export const dismissToast = (id: number): void => {
  toasts.value = toasts.value.filter((one) => one.id !== id);
};

/** The sentence for a person: the server's own, or a plain one for what never reached it. */
export const sentenceOf = (error: unknown): string =>
  error instanceof ParleyError ? error.message : 'The server cannot be reached. Please try again.';

/** Shows what went wrong; an abandoned request is nobody's concern. */
export function failed(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  toast(sentenceOf(error), 'bad');
}
