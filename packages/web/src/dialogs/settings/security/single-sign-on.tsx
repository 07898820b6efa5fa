import type { SsoLink } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../../state/api.ts';
import { shortDate } from '../../../state/format.ts';
import { about } from '../../../state/session.ts';
import { failed, toast } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { ProofForm } from './proof-form.tsx';

/** The identities one has at the provider of single sign-on. Nothing where this server has none. */
export function SingleSignOn() {
  const name = about.value?.singleSignOn;
  const [links, setLinks] = useState<readonly SsoLink[]>([]);
  const [isLinking, setLinking] = useState(false);
  useEffect(() => {
    if (name !== undefined) rest.ssoLinks().then(setLinks, failed);
  }, [name]);
  if (name === undefined) return null;
  const remove = async ({ id }: SsoLink) => {
    try {
      await rest.removeSsoLink(id);
      setLinks((before) => before.filter((one) => one.id !== id));
      toast('It signs nobody in any more.');
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <h3 class="settings-title">Sign in with {name}</h3>
      <ul class="plain-list">
        {links.map((one) => (
          <li key={one.id} class="entry-row">
            <Icon name="lock" />
            <span class="entry-text">
              <span class="entry-name">{one.email ?? new URL(one.issuer).host}</span>
              <span class="entry-about">Linked {shortDate(one.linkedAt)}</span>
            </span>
            <IconButton icon="trash" size="s" label={`Unlink ${one.email ?? name}`} onClick={() => void remove(one)} />
          </li>
        ))}
      </ul>
      {isLinking ? (
        <ProofForm
          action="Go there"
          asks={['password']}
          onCancel={() => setLinking(false)}
          run={async ({ password }) => location.assign((await rest.beginSsoLink(password)).url)}
        />
      ) : (
        <div class="settings-actions">
          <Button icon="plus" onClick={() => setLinking(true)}>
            Link an identity
          </Button>
        </div>
      )}
    </>
  );
}
