import type { ConversationId } from '@parley/client';
import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { loadMembers, membersOf } from '../state/members.ts';
import { completionAt } from '../state/mentions.ts';
import { allowed } from '../state/rights.ts';
import { me } from '../state/session.ts';
import { membership } from '../state/sync.ts';
import { type Suggestion, suggest } from './completion.ts';
import { replaceIn } from './replace.ts';

/** The list under an `@name` that is being written. */
export interface Completion {
  readonly suggestions: Signal<readonly Suggestion[]>;
  readonly active: Signal<number>;
  /** Where the caret is now; `undefined` when nobody writes here. */
  moved(caret: number | undefined): void;
  choose(suggestion: Suggestion): void;
  /** Handles the keys of an open list; true where the key was one. */
  onKey(event: KeyboardEvent): boolean;
}

export function useCompletion(
  id: ConversationId,
  text: Signal<string>,
  field: { readonly current: HTMLTextAreaElement | null },
): Completion {
  const caret = useSignal<number | undefined>(undefined);
  const active = useSignal(0);
  /** Where a list was sent away with Escape: it stays away for that word. */
  const dismissed = useSignal<number | undefined>(undefined);
  const begun = useComputed(() => (caret.value === undefined ? undefined : completionAt(text.value, caret.value)));
  const suggestions = useComputed(() => {
    const at = begun.value;
    if (at === undefined || at.start === dismissed.value) return [];
    const members = (membersOf(id) ?? []).map(({ user }) => user);
    return suggest(at.query, members, { me: me.value?.id, mass: allowed(id, 'mentionAll') });
  });
  const isBegun = begun.value !== undefined;
  const version = membership.value;
  useEffect(() => {
    if (isBegun) void loadMembers(id);
  }, [id, isBegun, version]);

  const choose = (suggestion: Suggestion) => {
    const at = begun.peek();
    if (at === undefined || field.current === null) return;
    const insert = `@${suggestion.name} `;
    const end = at.start + insert.length;
    replaceIn(field.current, { from: at.start, to: caret.peek() ?? at.start, insert, start: end, end });
    caret.value = undefined;
  };
  return {
    suggestions,
    active,
    choose,
    moved: (next) => {
      if (next === caret.peek()) return;
      caret.value = next;
      active.value = 0;
      if (begun.peek()?.start !== dismissed.peek()) dismissed.value = undefined;
    },
    onKey: (event) => {
      const open = suggestions.peek();
      const chosen = open[active.peek()];
      if (chosen === undefined || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey) return false;
      if (event.key === 'ArrowDown') active.value = (active.peek() + 1) % open.length;
      else if (event.key === 'ArrowUp') active.value = (active.peek() - 1 + open.length) % open.length;
      else if (event.key === 'Enter' || event.key === 'Tab') choose(chosen);
      else if (event.key === 'Escape') dismissed.value = begun.peek()?.start;
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
