import { type ConversationId, ParleyError } from '@parley/client';
import { effect } from '@preact/signals';
import { rest } from './api.ts';
import { conversationOf, visit } from './conversations.ts';
import { navigations, route } from './router.ts';
import { editing, mainView, openPanel, openThread } from './screen.ts';
import { threadMarker } from './threads.ts';
import { findRow } from './timeline.ts';
import { failed } from './toasts.ts';
import { TimelineView } from './view.ts';

/** Makes the screen follow the address. Returns what stops it. */
export function startOpening(): () => void {
  return effect(() => {
    void navigations.value;
    const at = route.value;
    if (at.page === 'conversation') queueMicrotask(() => void open(at.id, at.seq));
    else queueMicrotask(close);
  });
}

function close(): void {
  mainView.peek()?.dispose();
  mainView.value = undefined;
  editing.value = undefined;
  openPanel(undefined);
}

async function open(id: ConversationId, seq: number | undefined): Promise<void> {
  const current = mainView.peek();
  if (current?.id === id) {
    if (seq !== undefined) await show(current, seq);
    return;
  }
  close();
  const known = conversationOf(id);
  const view = new TimelineView(id, {
    newAfter: known === undefined || known.unread === 0 ? Number.MAX_SAFE_INTEGER : known.marker,
  });
  mainView.value = view;
  try {
    if (known === undefined) await visit(id);
  } catch (error) {
    view.loading.value = undefined;
    view.error.value = error instanceof ParleyError ? error.message : 'The server cannot be reached.';
    return;
  }
  if (mainView.peek() !== view) return;
  if (seq === undefined) await view.load();
  else await show(view, seq);
}

/** Shows a message wherever it is: in the conversation, or in a thread beside it. */
async function show(view: TimelineView, seq: number): Promise<void> {
  if (findRow(view.timeline.peek(), seq) === undefined) {
    try {
      const message = await rest.message(view.id, seq);
      if (message.thread !== undefined) {
        await view.jumpTo(message.thread);
        openThread(message.thread, threadMarker(view.id, message.thread), seq);
        return;
      }
    } catch (error) {
      failed(error);
      if (view.timeline.peek().rows.length === 0) await view.load();
      return;
    }
  }
  await view.jumpTo(seq);
}
