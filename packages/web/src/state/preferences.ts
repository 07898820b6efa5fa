import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const key = 'parley.theme';

const stored = localStorage.getItem(key);
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

effect(() => {
  if (theme.value === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(key, theme.value);
    document.documentElement.dataset['theme'] = theme.value;
  }
});

const collapsedKey = 'parley.collapsed';

/** Sections of the sidebar that are folded up in this browser. */
export const collapsed = signal<ReadonlySet<string>>(new Set(localStorage.getItem(collapsedKey)?.split(' ')));

export function toggleSection(name: string): void {
  const next = new Set(collapsed.peek());
  if (!next.delete(name)) next.add(name);
  collapsed.value = next;
  localStorage.setItem(collapsedKey, [...next].join(' '));
}
