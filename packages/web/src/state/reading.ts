import type { ConversationId } from '@parley/client';
import { effect, signal } from '@preact/signals';
import { live } from './api.ts';
import { changeConversation, conversations, recount } from './conversations.ts';
import { myId } from './session.ts';
import { markThread, threads } from './threads.ts';
import { failed } from './toasts.ts';
import { applyMarker } from './unread.ts';

/** Whether the person looks at this window. */
export const attentive = signal(document.visibilityState === 'visible' && document.hasFocus());
const look = () => {
  attentive.value = document.visibilityState === 'visible' && document.hasFocus();
};
addEventListener('focus', look);
addEventListener('blur', look);
document.addEventListener('visibilitychange', look);

/** Which lists show their newest message: `c_…` or `c_…:root`. */
export const atEnd = signal<ReadonlySet<string>>(new Set());

/** Lists whose messages were marked as unread on purpose: they stay so until their end is left. */
const keptUnread = new Set<string>();

export function setAtEnd(key: string, is: boolean): void {
  if (!is) keptUnread.delete(key);
  if (atEnd.peek().has(key) === is) return;
  const next = new Set(atEnd.peek());
  if (is) next.add(key);
  else next.delete(key);
  atEnd.value = next;
}

/** A fast exchange marks once. */
const settleMs = 400;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

function soon(key: string, run: () => void): void {
  if (waiting.has(key)) return;
  waiting.set(
    key,
    setTimeout(() => {
      waiting.delete(key);
      run();
    }, settleMs),
  );
}

/** Moves read markers while the newest message is seen. Returns what stops it. */
export function startReading(): () => void {
  return effect(() => {
    if (!attentive.value) return;
    for (const key of atEnd.value) {
      if (keptUnread.has(key)) continue;
      const [id = '', root] = key.split(':');
      if (root === undefined) {
        const conversation = conversations.value.get(id as ConversationId);
        if (conversation !== undefined && conversation.unread + conversation.mentions > 0)
          soon(key, () => markIfSeen(conversation.id));
      } else {
        const entry = threads.value.find((one) => one.conversation === id && one.root.seq === Number(root));
        if (entry !== undefined && entry.unread > 0)
          soon(key, () => markThreadIfSeen(entry.conversation, entry.root.seq));
      }
    }
  });
}

function markIfSeen(id: ConversationId): void {
  const conversation = conversations.peek().get(id);
  if (conversation === undefined || !attentive.peek() || !atEnd.peek().has(id) || keptUnread.has(id)) return;
  markRead(id, conversation.head.head);
}

/** Moves the read marker, here at once and on the other devices with the event. */
export function markRead(id: ConversationId, upTo: number): void {
  changeConversation(id, (conversation) => applyMarker(conversation, upTo).conversation);
  live().send(myId(), { type: 'markRead', conversation: id, seq: upTo }).catch(failed);
}

/** Makes a message and all after it unread again, on all devices. */
export async function markUnread(id: ConversationId, seq: number): Promise<void> {
  keptUnread.add(id);
  changeConversation(id, (conversation) => applyMarker(conversation, seq - 1).conversation);
  try {
    await live().send(myId(), { type: 'markRead', conversation: id, seq: seq - 1 });
    await recount(id);
  } catch (error) {
    failed(error);
  }
}

function markThreadIfSeen(id: ConversationId, root: number): void {
  const head = conversations.peek().get(id)?.head.head;
  if (head === undefined || !attentive.peek() || !atEnd.peek().has(`${id}:${root}`)) return;
  markThread(id, root, head);
  live().send(myId(), { type: 'markRead', conversation: id, seq: head, thread: root }).catch(failed);
}
