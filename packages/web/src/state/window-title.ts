import { effect } from '@preact/signals';
import { badges, conversationOf, titleOf } from './conversations.ts';
import { type Route, route } from './router.ts';
import { about } from './session.ts';

function placeOf(at: Route): string | undefined {
  switch (at.page) {
    case 'conversation': {
      const conversation = conversationOf(at.id);
      return conversation === undefined ? undefined : titleOf(conversation);
    }
    case 'threads':
      return 'Threads';
    case 'mentions':
      return 'Mentions';
    default:
      return undefined;
  }
}

/** Keeps the window's title: what calls, where one is, which server. Returns what stops it. */
export function startWindowTitle(): () => void {
  return effect(() => {
    const name = about.value?.name ?? 'Parley';
    const place = placeOf(route.value);
    document.title = `${badges.value > 0 ? `(${badges.value}) ` : ''}${place === undefined ? name : `${place} · ${name}`}`;
  });
}
