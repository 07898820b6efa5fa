import type { Invite } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { conversationOf, titleOf } from '../../state/conversations.ts';
import { plural, relative } from '../../state/format.ts';
import { about } from '../../state/session.ts';
import { failed } from '../../state/toasts.ts';
import { IconButton } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { CopyButton } from './copy-button.tsx';
import { NewInvitation } from './new-invitation.tsx';

/** The links that let others in. */
export function Invitations() {
  const [invites, setInvites] = useState<readonly Invite[]>();
  useEffect(() => {
    rest.invites().then(setInvites, failed);
  }, []);
  const withdraw = async (code: string) => {
    try {
      await rest.deleteInvite(code);
      setInvites((before) => before?.filter((one) => one.code !== code));
    } catch (error) {
      failed(error);
    }
  };
  if (about.value?.registration === 'closed')
    return <p class="settings-text">This server takes no new accounts; its administrator makes them.</p>;
  const now = Date.now();
  const working = invites?.filter(({ usesLeft, expiresAt }) => usesLeft > 0 && expiresAt > now);
  return (
    <>
      {about.value?.registration === 'open' ? (
        <>
          <h3 class="settings-title">The door is open</h3>
          <p class="settings-text">Everybody who has this address can make an account.</p>
          <Address url={location.origin} what="the server’s address" />
        </>
      ) : null}
      <h3 class="settings-title">New invitation link</h3>
      <p class="settings-text">Whoever has the link can make an account with it.</p>
      <NewInvitation onMade={(made) => setInvites((before) => [made, ...(before ?? [])])} />
      <h3 class="settings-title">Your links</h3>
      {working === undefined ? (
        <Spinner label="Loading your invitations" />
      ) : working.length === 0 ? (
        <p class="settings-text">You have no link that works.</p>
      ) : (
        <ul class="plain-list">
          {working.map(({ code, url, usesLeft, expiresAt, conversation }) => {
            const joined = conversation === undefined ? undefined : conversationOf(conversation);
            return (
              <li key={code} class="invite-row">
                <Address url={reachable(url)} what="the invitation link" />
                <span class="entry-about">
                  {plural(usesLeft, 'use')} left · expires {relative(expiresAt)}
                  {joined === undefined ? '' : ` · leads to ${titleOf(joined)}`}
                </span>
                <IconButton icon="trash" size="s" label="Withdraw this link" onClick={() => void withdraw(code)} />
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

/** A server that was not told its address names itself `localhost`, which is of no use elsewhere: this page's own address is. */
function reachable(url: string): string {
  const { hostname, pathname } = new URL(url);
  return hostname === 'localhost' ? `${location.origin}${pathname}` : url;
}

const Address = ({ url, what }: { url: string; what: string }) => (
  <div class="address">
    <code title={url}>{url}</code>
    <CopyButton text={url} what={what} />
  </div>
);
