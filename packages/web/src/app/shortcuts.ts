import { conversations, openId, sections } from '../state/conversations.ts';
import { navigate, pathOf } from '../state/router.ts';
import { closeDialog, dialog, openPanel, panel } from '../state/screen.ts';
import { phase } from '../state/session.ts';
import { neighbour } from './neighbour.ts';

function move(step: 1 | -1, unreadOnly: boolean): void {
  const { channels, groups, direct } = sections.peek();
  const current = openId.peek();
  const all = [...channels, ...groups, ...direct].filter(
    ({ id, unread, mentions }) => !unreadOnly || id === current || unread + mentions > 0,
  );
  const next = neighbour(
    all.map(({ id }) => id),
    current,
    step,
  );
  if (next !== undefined && conversations.peek().has(next)) navigate(pathOf(next));
}

function onKeyDown(event: KeyboardEvent): void {
  if (phase.peek() !== 'in' || event.defaultPrevented || event.isComposing) return;
  const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (command && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    if (dialog.peek()?.type === 'switcher') closeDialog();
    else dialog.value = { type: 'switcher' };
  } else if (command && event.key === ',') {
    event.preventDefault();
    dialog.value = { type: 'settings' };
  } else if (command && event.key === '/') {
    event.preventDefault();
    dialog.value = { type: 'settings', page: 'keyboard' };
  } else if (dialog.peek() !== undefined) {
    // What follows is about the page below.
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    move(event.key === 'ArrowDown' ? 1 : -1, event.shiftKey);
  } else if (event.key === 'Escape' && panel.peek() !== undefined) {
    openPanel(undefined);
  }
}

/** Listens for the keys that work everywhere. */
export function startShortcuts(): void {
  addEventListener('keydown', onKeyDown);
}
