import type { ListedConversation } from '@parley/client';
import { useSignal } from '@preact/signals';
import { join, wish } from '../state/actions.ts';
import { refetch, titleOf } from '../state/conversations.ts';
import { fullTime } from '../state/format.ts';
import { allowed } from '../state/rights.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** Where the composer would stand, for somebody who only looks. */
export function JoinBar({ conversation }: { conversation: ListedConversation }) {
  const isBusy = useSignal(false);
  const { approval = false, requested = false } = conversation;
  if (requested)
    return (
      <div class="footer-bar">
        <Icon name="clock" />
        <p class="footer-bar-text">You asked to join. A moderator decides.</p>
        <Button onClick={() => void wish(conversation.id, { type: 'leave' }).then(() => refetch(conversation.id))}>
          Ask no more
        </Button>
      </div>
    );
  return (
    <div class="footer-bar">
      <p class="footer-bar-text">
        You are looking at <strong>#{titleOf(conversation)}</strong>. Join to write and to be told of what is new.
      </p>
      <Button
        kind="primary"
        busy={isBusy.value}
        onClick={() => {
          isBusy.value = true;
          void join(conversation.id).finally(() => {
            isBusy.value = false;
          });
        }}
      >
        {approval ? 'Ask to join' : 'Join channel'}
      </Button>
    </div>
  );
}

/** Where the composer would stand, for somebody who may not write now. */
export function HeldBar({ conversation }: { conversation: ListedConversation }) {
  const { silencedUntil = 0 } = conversation;
  const isSilenced = silencedUntil > Date.now();
  return (
    <div class="footer-bar">
      <Icon name={isSilenced ? 'bell-off' : 'lock'} />
      <p class="footer-bar-text">
        {isSilenced
          ? `A moderator asked you to be silent here until ${fullTime(silencedUntil)}.`
          : 'Only moderators write here.'}
      </p>
    </div>
  );
}

/** Whether the composer would be of no use now. */
export const isHeld = ({ id, silencedUntil = 0, readOnly = false }: ListedConversation): boolean =>
  silencedUntil > Date.now() || (readOnly && !allowed(id, 'overrule'));

export const ArchivedBar = ({ conversation }: { conversation: ListedConversation }) => (
  <div class="footer-bar">
    <Icon name="archive" />
    <p class="footer-bar-text">This conversation is archived: it can be read, not changed.</p>
    {allowed(conversation.id, 'archive') ? (
      <Button onClick={() => void wish(conversation.id, { type: 'archive', on: false })}>Bring back</Button>
    ) : null}
  </div>
);
