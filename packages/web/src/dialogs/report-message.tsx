import type { ConversationId, CreateReport } from '@parley/client';
import { useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { failed, toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { reasons } from './reasons.ts';

/** Asks why, and says who will see it. */
export function ReportMessage({
  conversation,
  seq,
  onClose,
}: {
  conversation: ConversationId;
  seq: number;
  onClose: () => void;
}) {
  const [reason, setReason] = useState<CreateReport['reason']>('spam');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await rest.report(conversation, { seq, reason });
      toast('Thank you. Those who keep order here will look at it.');
      onClose();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" busy={busy} onClick={() => void send()}>
        Report it
      </Button>
    </>
  );
  return (
    <Dialog title="Report this message" size="s" onClose={onClose} footer={footer}>
      <p class="dialog-text">
        The moderators here and the administrators of this server will see the message, and that you reported it.
      </p>
      <Field label="What is wrong with it?">
        <select
          class="input"
          autofocus
          value={reason}
          onChange={(event) => {
            const chosen = reasons.find((one) => one.reason === event.currentTarget.value);
            if (chosen !== undefined) setReason(chosen.reason);
          }}
        >
          {reasons.map((one) => (
            <option key={one.reason} value={one.reason}>
              {one.title}
            </option>
          ))}
        </select>
      </Field>
    </Dialog>
  );
}
