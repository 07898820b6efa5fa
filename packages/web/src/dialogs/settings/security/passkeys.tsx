import type { Passkey } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { deviceName } from '../../../auth/device.ts';
import { hasPasskeys, makePasskey } from '../../../auth/passkey.ts';
import { rest } from '../../../state/api.ts';
import { relative, shortDate } from '../../../state/format.ts';
import { failed, toast } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { ProofForm } from './proof-form.tsx';

/** One's passkeys, and a new one. */
export function Passkeys() {
  const [passkeys, setPasskeys] = useState<readonly Passkey[]>([]);
  const [isAdding, setAdding] = useState(false);
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const load = () => rest.passkeys().then(setPasskeys, failed);
  useEffect(() => void load(), []);
  const add = async ({ password }: { readonly password: string }) => {
    if (!(await makePasskey(await rest.beginPasskey(password), name.trim()))) return;
    setAdding(false);
    toast('The passkey works from now on.');
    await load();
  };
  const remove = async ({ id, name: gone }: Passkey) => {
    try {
      await rest.removePasskey(id);
      setPasskeys((before) => before.filter((one) => one.id !== id));
      toast(`“${gone}” signs nobody in any more.`);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <h3 class="settings-title">Passkeys</h3>
      <p class="settings-text">
        Sign in with your finger, face or device’s PIN, without a password. Nobody can be tricked out of one.
      </p>
      <ul class="plain-list">
        {passkeys.map((one) => (
          <li key={one.id} class="entry-row">
            <Icon name="key" />
            <span class="entry-text">
              <span class="entry-name">{one.name}</span>
              <span class="entry-about">
                Made {shortDate(one.createdAt)}
                {one.lastUsedAt === undefined ? '' : ` · used ${relative(one.lastUsedAt)}`}
              </span>
            </span>
            <IconButton icon="trash" size="s" label={`Remove ${one.name}`} onClick={() => void remove(one)} />
          </li>
        ))}
      </ul>
      {!hasPasskeys() ? (
        <p class="settings-text">This browser makes passkeys only on pages with TLS.</p>
      ) : isAdding ? (
        <ProofForm action="Make the passkey" asks={['password']} onCancel={() => setAdding(false)} run={add}>
          <Field label="Name of the passkey">
            <input
              class="input"
              required
              maxLength={64}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
        </ProofForm>
      ) : (
        <div class="settings-actions">
          <Button icon="plus" onClick={() => setAdding(true)}>
            Add a passkey
          </Button>
        </div>
      )}
    </>
  );
}
