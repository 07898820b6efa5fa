import { openDirect } from '../state/actions.ts';
import { failed } from '../state/toasts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { PeoplePicker } from './people-picker.tsx';

/** Opens the conversation with one person: choosing is all there is to do. */
export const WriteTo = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Write to somebody" size="s" onClose={onClose}>
    <PeoplePicker
      label="To"
      autofocus
      except={() => false}
      chosen={[]}
      onChange={([user]) => {
        if (user === undefined) return;
        onClose();
        openDirect(user).catch(failed);
      }}
    />
  </Dialog>
);
