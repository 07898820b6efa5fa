import type { ConversationId, UserId } from '@parley/client';
import { signal } from '@preact/signals';
import { TimelineView } from './view.ts';

/** What stands beside the conversation. */
export type Panel =
  | { readonly type: 'thread'; readonly root: number }
  | { readonly type: 'members' }
  | { readonly type: 'pins' }
  | { readonly type: 'about' }
  | { readonly type: 'moderation' }
  | { readonly type: 'person'; readonly user: UserId };

export type SettingsPage =
  | 'order'
  | 'audit'
  | 'data'
  | 'profile'
  | 'appearance'
  | 'password'
  | 'security'
  | 'tokens'
  | 'devices'
  | 'invitations'
  | 'keyboard';

/** What stands above everything. */
export type DialogName =
  | { readonly type: 'settings'; readonly page?: SettingsPage }
  | { readonly type: 'browse' }
  | { readonly type: 'create'; readonly kind: 'channel' | 'group' | 'direct' }
  | { readonly type: 'switcher' }
  | { readonly type: 'invite-members'; readonly conversation: ConversationId }
  | { readonly type: 'report'; readonly conversation: ConversationId; readonly seq: number }
  | { readonly type: 'hidden-message'; readonly conversation: ConversationId; readonly seq: number }
  | {
      readonly type: 'confirm';
      readonly title: string;
      readonly text: string;
      readonly action: string;
      readonly run: () => Promise<void>;
    };

export const mainView = signal<TimelineView | undefined>(undefined);
export const threadView = signal<TimelineView | undefined>(undefined);
export const panel = signal<Panel | undefined>(undefined);
export const dialog = signal<DialogName | undefined>(undefined);
/** The message being edited, in whichever list shows it. */
export const editing = signal<number | undefined>(undefined);
/** The message the next one answers, by draft key. */
export const replyingTo = signal<ReadonlyMap<string, number>>(new Map());

export function setReply(key: string, seq: number | undefined): void {
  const next = new Map(replyingTo.peek());
  if (seq === undefined) next.delete(key);
  else next.set(key, seq);
  replyingTo.value = next;
}

export function openPanel(next: Panel | undefined): void {
  threadView.peek()?.dispose();
  threadView.value = undefined;
  panel.value = next;
}

/** Opens a thread beside its conversation. */
export function openThread(root: number, newAfter: number, jumpTo?: number): void {
  const main = mainView.peek();
  if (main === undefined) return;
  const open = threadView.peek();
  if (open !== undefined && open.thread === root && open.id === main.id) {
    if (jumpTo !== undefined) void open.jumpTo(jumpTo);
    return;
  }
  openPanel({ type: 'thread', root });
  const view = new TimelineView(main.id, { thread: root, newAfter });
  threadView.value = view;
  void view.load(jumpTo);
}

export const closeDialog = (): void => {
  dialog.value = undefined;
};
