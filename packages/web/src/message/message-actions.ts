import type { Message } from '@parley/client';
import { focusComposer } from '../composer/fields.ts';
import { wish } from '../state/actions.ts';
import { isMember } from '../state/conversations.ts';
import { draftKey } from '../state/drafts.ts';
import { displayNameOf } from '../state/people.ts';
import { markUnread } from '../state/reading.ts';
import { allowed } from '../state/rights.ts';
import { pathOf } from '../state/router.ts';
import { dialog, editing, openPanel, openThread, setReply } from '../state/screen.ts';
import { me } from '../state/session.ts';
import { threadMarker } from '../state/threads.ts';
import { toast } from '../state/toasts.ts';
import type { TimelineView } from '../state/view.ts';
import type { IconName } from '../ui/icon.tsx';

/** Something one may do with a message. */
export interface MessageAction {
  readonly name:
    | 'reply'
    | 'thread'
    | 'edit'
    | 'pin'
    | 'link'
    | 'copy'
    | 'unread'
    | 'person'
    | 'report'
    | 'look'
    | 'hide'
    | 'delete';
  readonly label: string;
  readonly icon: IconName;
  /** The key that does it while the message has the focus. */
  readonly key: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

/** What one may do with a message in the list that shows it, by one's rights there. */
export function actionsOn(view: TimelineView, message: Message): readonly MessageAction[] {
  const { id, thread } = view;
  const { seq } = message;
  const isOwn = message.actor === me.value?.id;
  const isThere = message.deleted !== true;
  const isHidden = message.hidden === true;
  const canPost = allowed(id, 'post');
  const all: (MessageAction | false)[] = [
    isThere && canPost && { name: 'reply', label: 'Reply', icon: 'reply', key: 'r', run: () => reply(view, seq) },
    thread === undefined &&
      (message.replies !== undefined || (isThere && canPost)) && {
        name: 'thread',
        label: message.replies === undefined ? 'Reply in a thread' : 'Open thread',
        icon: 'thread',
        key: 't',
        run: () => openThread(seq, threadMarker(id, seq)),
      },
    isThere &&
      !isHidden &&
      isOwn &&
      allowed(id, 'editOwn') && {
        name: 'edit',
        label: 'Edit',
        icon: 'edit',
        key: 'e',
        run: () => {
          editing.value = seq;
        },
      },
    isThere &&
      allowed(id, 'pin') && {
        name: 'pin',
        label: message.pinned === true ? 'Unpin' : 'Pin',
        icon: 'pin',
        key: 'p',
        run: () => void wish(id, { type: 'pin', target: seq, on: message.pinned !== true }),
      },
    isThere &&
      !isHidden && {
        name: 'copy',
        label: 'Copy text',
        icon: 'copy',
        key: 'c',
        run: () => void copy(message.text, 'Text copied.'),
      },
    {
      name: 'link',
      label: 'Copy link',
      icon: 'link',
      key: 'l',
      run: () => void copy(`${location.origin}${pathOf(id, seq)}`, 'Link copied.'),
    },
    thread === undefined &&
      isMember(id) && {
        name: 'unread',
        label: 'Mark as unread',
        icon: 'eye',
        key: 'u',
        run: () => {
          view.newAfter.value = seq - 1;
          void markUnread(id, seq);
        },
      },
    {
      name: 'person',
      label: `About ${displayNameOf(message.actor)}`,
      icon: 'user',
      key: 'i',
      run: () => openPanel({ type: 'person', user: message.actor }),
    },
    isThere &&
      !isOwn &&
      !isHidden && {
        name: 'report',
        label: 'Report',
        icon: 'alert',
        key: '!',
        run: () => {
          dialog.value = { type: 'report', conversation: id, seq };
        },
      },
    isThere &&
      isHidden &&
      allowed(id, 'hide') && {
        name: 'look',
        label: 'Look at it',
        icon: 'eye',
        key: 'v',
        run: () => {
          dialog.value = { type: 'hidden-message', conversation: id, seq };
        },
      },
    isThere &&
      allowed(id, 'hide') && {
        name: 'hide',
        label: isHidden ? 'Show to everybody again' : 'Hide from everybody',
        icon: 'eye-off',
        key: 'h',
        run: () => void wish(id, { type: 'hide', target: seq, on: !isHidden }),
      },
    isThere &&
      allowed(id, isOwn ? 'deleteOwn' : 'deleteAny') && {
        name: 'delete',
        label: 'Delete',
        icon: 'trash',
        key: 'Delete',
        danger: true,
        run: () => confirmDelete(view, seq),
      },
  ];
  return all.filter((action) => action !== false);
}

export function reply(view: TimelineView, seq: number): void {
  const key = draftKey(view.id, view.thread);
  setReply(key, seq);
  focusComposer(key);
}

export function confirmDelete({ id }: TimelineView, seq: number): void {
  dialog.value = {
    type: 'confirm',
    title: 'Delete this message?',
    text: 'It disappears for everybody. This cannot be undone.',
    action: 'Delete',
    run: async () => {
      await wish(id, { type: 'delete', target: seq });
    },
  };
}

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast('This browser does not let Parley write to the clipboard.', 'bad');
  }
}
