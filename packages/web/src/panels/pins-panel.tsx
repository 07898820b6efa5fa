import type { Message } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { MessageText } from '../message/message-text.tsx';
import { wish } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { dayName } from '../state/format.ts';
import { displayNameOf, learnPeople } from '../state/people.ts';
import { allowed } from '../state/rights.ts';
import { pathOf } from '../state/router.ts';
import { sentenceOf } from '../state/toasts.ts';
import type { TimelineView } from '../state/view.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { PanelLoading } from './panel-loading.tsx';

/** What was pinned here, the newest first. Read anew whenever a pin on screen changes. */
export function PinsPanel({ view }: { view: TimelineView }) {
  const pins = useSignal<readonly Message[] | undefined>(undefined);
  const error = useSignal<string | undefined>(undefined);
  const shown = view.timeline.value.rows.reduce((sum, { pinned }) => sum + (pinned === true ? 1 : 0), 0);
  const load = () => {
    error.value = undefined;
    rest.pins(view.id).then(
      (page) => {
        learnPeople(page.people);
        pins.value = page.messages.toSorted((a, b) => b.seq - a.seq);
      },
      (cause: unknown) => {
        error.value = sentenceOf(cause);
      },
    );
  };
  useEffect(load, [view, shown]);
  const unpin = async (seq: number) => {
    if (await wish(view.id, { type: 'pin', target: seq, on: false })) load();
  };
  return (
    <PanelFrame title="Pinned messages">
      <div class="panel-body">
        {error.value !== undefined || pins.value === undefined ? (
          <PanelLoading label="Loading the pinned messages" error={error.value} retry={load} />
        ) : pins.value.length === 0 ? (
          <Empty
            icon="pin"
            title="Nothing is pinned"
            text="Pin a message from its menu, and everybody finds it here."
          />
        ) : (
          <ul class="pins">
            {pins.value.map((message) => (
              <li class="pin" key={message.seq}>
                <div class="pin-header">
                  <Avatar user={message.actor} size={20} />
                  <span class="pin-name">{displayNameOf(message.actor)}</span>
                  <span class="pin-when">{dayName(message.at)}</span>
                </div>
                <MessageText message={message} />
                <div class="pin-tools">
                  <a class="pin-link" href={pathOf(view.id, message.seq)}>
                    Show in the conversation
                  </a>
                  {allowed(view.id, 'pin') ? (
                    <IconButton size="s" icon="close" label="Unpin" onClick={() => void unpin(message.seq)} />
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </PanelFrame>
  );
}
