import './dialogs.css';
import { useState } from 'preact/hooks';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Asks before what cannot be taken back. The safe answer has the focus. */
export function Confirm({
  title,
  text,
  action,
  run,
  onClose,
}: {
  title: string;
  text: string;
  action: string;
  run: () => Promise<void>;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const doIt = async () => {
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (error) {
      failed(error);
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button autofocus onClick={onClose}>
        Cancel
      </Button>
      <Button kind="danger" busy={busy} onClick={() => void doIt()}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} size="s" onClose={onClose} footer={footer}>
      <p class="dialog-text">{text}</p>
    </Dialog>
  );
}
