import type { ListedConversation } from '@parley/client';
import { useSignal } from '@preact/signals';
import { join, wish } from '../state/actions.ts';
import { titleOf } from '../state/conversations.ts';
import { allowed } from '../state/rights.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** Where the composer would stand, for somebody who only looks. */
export function JoinBar({ conversation }: { conversation: ListedConversation }) {
  const isBusy = useSignal(false);
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
        Join channel
      </Button>
    </div>
  );
}

export const ArchivedBar = ({ conversation }: { conversation: ListedConversation }) => (
  <div class="footer-bar">
    <Icon name="archive" />
    <p class="footer-bar-text">This conversation is archived: it can be read, not changed.</p>
    {allowed(conversation.id, 'archive') ? (
      <Button onClick={() => void wish(conversation.id, { type: 'archive', on: false })}>Bring back</Button>
    ) : null}
  </div>
);
