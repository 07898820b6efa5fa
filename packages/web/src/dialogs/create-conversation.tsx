import './dialogs.css';
import { limits, type UserId } from '@parley/client';
import { useId, useState } from 'preact/hooks';
import { create } from '../state/actions.ts';
import { me } from '../state/session.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { PeoplePicker } from './people-picker.tsx';

const words = {
  channel: {
    title: 'Create a channel',
    lead: 'Everybody on this server can find it, read it and join.',
    example: 'What it is about: design, release-1.0, lunch',
  },
  group: {
    title: 'Create a group',
    lead: 'Only those who are invited see that it is there.',
    example: 'Who or what it is for: offsite, hiring',
  },
} as const;

export function CreateConversation({ kind, onClose }: { kind: 'channel' | 'group'; onClose: () => void }) {
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [members, setMembers] = useState<readonly UserId[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const form = useId();
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await create({ kind, name: name.trim(), topic: topic.trim(), members });
      onClose();
    } catch (thrown) {
      setError(sentenceOf(thrown));
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={form} busy={busy} disabled={name.trim() === ''}>
        Create
      </Button>
    </>
  );
  return (
    <Dialog title={words[kind].title} onClose={onClose} footer={footer}>
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class="dialog-lead">{words[kind].lead}</p>
        <Field label="Name" hint={words[kind].example} error={error}>
          <input
            class="input"
            required
            autofocus
            autocomplete="off"
            maxLength={limits.maxNameLength}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field label="Topic (optional)">
          <input
            class="input"
            autocomplete="off"
            maxLength={limits.maxTopicLength}
            value={topic}
            onInput={(event) => setTopic(event.currentTarget.value)}
          />
        </Field>
        <PeoplePicker
          label="People (optional)"
          except={(user) => user === me.peek()?.id}
          chosen={members}
          onChange={setMembers}
        />
      </form>
    </Dialog>
  );
}
