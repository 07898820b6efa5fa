import type { ConversationId, ThreadEntry } from '@parley/client';
import { computed, signal } from '@preact/signals';
import { rest } from './api.ts';
import { learnPeople } from './people.ts';

/** The threads one follows, the most recently answered first. */
export const threads = signal<readonly ThreadEntry[]>([]);
export const unreadThreads = computed(() => threads.value.filter(({ unread }) => unread > 0).length);

/** A burst of replies asks once. */
const settleMs = 800;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function loadThreads(): Promise<void> {
  const answered = await rest.threads();
  learnPeople(answered.people);
  threads.value = answered.threads;
}

/** Something happened in some thread: asks again, soon and once. */
export function threadsChanged(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    loadThreads().catch(() => {
      // The list is asked for again with the next reply, and when it is opened.
    });
  }, settleMs);
}

export function markThread(conversation: ConversationId, root: number, upTo: number): void {
  threads.value = threads
    .peek()
    .map((entry) =>
      entry.conversation === conversation && entry.root.seq === root ? { ...entry, marker: upTo, unread: 0 } : entry,
    );
}

/** The read marker of a followed thread; the end of time for one not followed, where nothing is new. */
export const threadMarker = (conversation: ConversationId, root: number): number => {
  const entry = threads.peek().find((one) => one.conversation === conversation && one.root.seq === root);
  return entry === undefined || entry.unread === 0 ? Number.MAX_SAFE_INTEGER : entry.marker;
};
