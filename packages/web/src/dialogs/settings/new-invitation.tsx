import type { ConversationId, Invite } from '@parley/client';
import { useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { sections } from '../../state/conversations.ts';
import { failed } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';

const dayMs = 86_400_000;
const lifetimes = [
  { title: '1 day', ms: dayMs },
  { title: '7 days', ms: 7 * dayMs },
  { title: '30 days', ms: 30 * dayMs },
  { title: '1 year', ms: 365 * dayMs },
] as const;
const uses = [1, 5, 25, 100, 1_000] as const;

export function NewInvitation({ onMade }: { onMade: (invite: Invite) => void }) {
  const [expiresInMs, setExpiresInMs] = useState<number>(7 * dayMs);
  const [count, setCount] = useState<number>(1);
  const [conversation, setConversation] = useState<ConversationId>();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      onMade(
        await rest.createInvite({ expiresInMs, uses: count, ...(conversation === undefined ? {} : { conversation }) }),
      );
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const { channels } = sections.value;
  return (
    <>
      <div class="settings-pair">
        <Field label="Works for">
          <select class="input" onChange={(event) => setExpiresInMs(Number(event.currentTarget.value))}>
            {lifetimes.map(({ title, ms }) => (
              <option key={ms} value={ms} selected={ms === expiresInMs}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        <Field label="People it lets in">
          <select class="input" onChange={(event) => setCount(Number(event.currentTarget.value))}>
            {uses.map((one) => (
              <option key={one} value={one} selected={one === count}>
                {one.toLocaleString()}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {channels.length === 0 ? null : (
        <Field label="They join">
          <select
            class="input"
            onChange={(event) => setConversation(channels.find(({ id }) => id === event.currentTarget.value)?.id)}
          >
            <option value="">No channel</option>
            {channels.map(({ id, name }) => (
              <option key={id} value={id} selected={id === conversation}>
                # {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      <div class="settings-actions">
        <Button kind="primary" icon="link" busy={busy} onClick={() => void make()}>
          Make a link
        </Button>
      </div>
    </>
  );
}
