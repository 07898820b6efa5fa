import './dialogs.css';
import type { ConversationId, UserId } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { wish } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { conversationOf, titleOf } from '../state/conversations.ts';
import { plural } from '../state/format.ts';
import { failed, toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { PeoplePicker } from './people-picker.tsx';

export function InviteMembers({ conversation, onClose }: { conversation: ConversationId; onClose: () => void }) {
  const [chosen, setChosen] = useState<readonly UserId[]>([]);
  const [members, setMembers] = useState<ReadonlySet<UserId>>(new Set());
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    rest.members(conversation).then((list) => setMembers(new Set(list.map(({ user }) => user.id))), failed);
  }, [conversation]);
  const known = conversationOf(conversation);
  const invite = async () => {
    setBusy(true);
    const done = await wish(conversation, { type: 'invite', users: [...chosen] });
    setBusy(false);
    if (!done) return;
    toast(`${plural(chosen.length, 'person', 'people')} invited.`);
    onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" busy={busy} disabled={chosen.length === 0} onClick={() => void invite()}>
        Invite
      </Button>
    </>
  );
  return (
    <Dialog
      title={`Invite to ${known === undefined ? 'the conversation' : titleOf(known)}`}
      onClose={onClose}
      footer={footer}
    >
      <PeoplePicker
        label="People"
        autofocus
        except={(user) => members.has(user)}
        chosen={chosen}
        onChange={setChosen}
      />
    </Dialog>
  );
}
