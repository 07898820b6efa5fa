import type { Device } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { relative, shortDate } from '../../state/format.ts';
import { dialog } from '../../state/screen.ts';
import { signOut } from '../../state/session.ts';
import { failed, toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Spinner } from '../../ui/spinner.tsx';

/** Where one is signed in, and the way to end it. */
export function Devices() {
  const [devices, setDevices] = useState<readonly Device[]>();
  useEffect(() => {
    rest.devices().then(setDevices, failed);
  }, []);
  const revoke = async ({ id, device }: Device) => {
    try {
      await rest.revokeDevice(id);
      setDevices((before) => before?.filter((one) => one.id !== id));
      toast(`${device} is signed out.`);
    } catch (error) {
      failed(error);
    }
  };
  const everywhere = () => {
    dialog.value = {
      type: 'confirm',
      title: 'Sign out everywhere?',
      text: 'All your devices are signed out, this one too.',
      action: 'Sign out everywhere',
      run: () => signOut('everywhere'),
    };
  };
  return (
    <>
      <h3 class="settings-title">Devices you are signed in on</h3>
      {devices === undefined ? (
        <Spinner label="Loading your devices" />
      ) : (
        <ul class="plain-list">
          {devices
            .toSorted((a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt - a.lastUsedAt)
            .map((one) => (
              <li key={one.id} class="entry-row">
                <Icon name="monitor" />
                <span class="entry-text">
                  <span class="entry-name">{one.device}</span>
                  <span class="entry-about">
                    Signed in {shortDate(one.createdAt)} · used {relative(one.lastUsedAt)}
                  </span>
                </span>
                {one.current ? (
                  <span class="entry-mark">This device</span>
                ) : (
                  <Button size="s" onClick={() => void revoke(one)}>
                    Sign out<span class="visually-hidden"> {one.device}</span>
                  </Button>
                )}
              </li>
            ))}
        </ul>
      )}
      <div class="settings-actions">
        <Button icon="sign-out" onClick={() => void signOut().catch(failed)}>
          Sign out here
        </Button>
        <Button kind="danger" onClick={everywhere}>
          Sign out everywhere
        </Button>
      </div>
    </>
  );
}
