import type { ConversationId, Message } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { MessageText } from '../message/message-text.tsx';
import { wish } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { displayNameOf } from '../state/people.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Spinner } from '../ui/spinner.tsx';

/** What a hidden message says, for moderators. */
export function HiddenMessage({
  conversation,
  seq,
  onClose,
}: {
  conversation: ConversationId;
  seq: number;
  onClose: () => void;
}) {
  const [message, setMessage] = useState<Message>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    rest.hiddenMessage(conversation, seq).then(setMessage, (cause: unknown) => setError(sentenceOf(cause)));
  }, [conversation, seq]);
  const show = async () => {
    if (await wish(conversation, { type: 'hide', target: seq, on: false })) onClose();
  };
  const footer = (
    <>
      <Button autofocus onClick={onClose}>
        Leave it hidden
      </Button>
      <Button onClick={() => void show()}>Show to everybody again</Button>
    </>
  );
  return (
    <Dialog title="A hidden message" size="s" onClose={onClose} footer={footer}>
      <p class="dialog-text">The audit log tells that you looked at it.</p>
      {error !== undefined ? (
        <p role="alert">{error}</p>
      ) : message === undefined ? (
        <Spinner label="Reading it" />
      ) : (
        <>
          <p class="entry-name">{displayNameOf(message.actor)}</p>
          {/* As it was written, whatever stands in its place elsewhere. */}
          <MessageText message={{ ...message, hidden: false }} />
        </>
      )}
    </Dialog>
  );
}
