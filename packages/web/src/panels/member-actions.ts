import {
  type ListedConversation,
  type MemberEntry,
  mayOnServer,
  outranks,
  outranksOnServer,
  type Profile,
  type Role,
} from '@parley/client';
import { openDirect, setRole, wish } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { titleOf } from '../state/conversations.ts';
import { allowed } from '../state/rights.ts';
import { dialog } from '../state/screen.ts';
import { me } from '../state/session.ts';
import { failed, toast } from '../state/toasts.ts';
import type { MenuItem } from '../ui/menu.tsx';

export const roleNames: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  moderator: 'Moderator',
  member: 'Member',
  guest: 'Guest',
};
const given: readonly Role[] = ['owner', 'admin', 'moderator', 'member', 'guest'];

/** What one may do about a member of a conversation, by both roles. */
export function memberActions(conversation: ListedConversation, { user, role }: MemberEntry): readonly MenuItem[] {
  const { id } = conversation;
  const own = conversation.role;
  const isSelf = user.id === me.value?.id;
  const isBelow = own !== undefined && !isSelf && outranks(own, role);
  const items: MenuItem[] = [];
  if (!isSelf) items.push({ label: 'Send a message', icon: 'send', run: () => void openDirect(user.id).catch(failed) });
  if (isBelow && allowed(id, 'setRole'))
    // Nobody makes somebody mightier than they are themselves.
    for (const next of given)
      if (next !== role && (own === 'owner' || outranks(own, next)))
        items.push({
          label: `Make ${roleNames[next].toLowerCase()}`,
          icon: 'key',
          run: () => void setRole(id, user.id, next),
        });
  if (isBelow && allowed(id, 'silence')) {
    const hourMs = 3_600_000;
    for (const [label, forMs] of [
      ['Silence for an hour', hourMs],
      ['Silence for a day', 24 * hourMs],
    ] as const)
      items.push({
        label,
        icon: 'bell-off',
        run: () => void wish(id, { type: 'silence', user: user.id, forMs }).then((isDone) => told(isDone, user)),
      });
  }
  if (isBelow && allowed(id, 'remove'))
    items.push({
      label: 'Remove from here',
      icon: 'sign-out',
      danger: true,
      run: () => {
        dialog.value = {
          type: 'confirm',
          title: `Remove ${user.displayName}?`,
          text: `${user.displayName} will no longer be a member of ${titleOf(conversation)}.`,
          action: 'Remove',
          run: async () => {
            await wish(id, { type: 'remove', user: user.id });
          },
        };
      },
    });
  if (isBelow && allowed(id, 'ban'))
    items.push({
      label: 'Ban from here',
      icon: 'lock',
      danger: true,
      run: () => {
        dialog.value = {
          type: 'confirm',
          title: `Ban ${user.displayName}?`,
          text: `${user.displayName} can no longer read, join or be invited to ${titleOf(conversation)}, until a moderator lifts the ban.`,
          action: 'Ban',
          run: async () => {
            await wish(id, { type: 'ban', user: user.id, on: true });
          },
        };
      },
    });
  return items;
}

function told(isDone: boolean, { displayName }: MemberEntry['user']): void {
  if (isDone) toast(`${displayName} is silent here for a while.`);
}

/** What an administrator may do about somebody on the whole server. */
export function accountActions(target: Profile): readonly MenuItem[] {
  const own = me.value;
  if (own === undefined || !mayOnServer('banAccounts', own.serverRole)) return [];
  if (!outranksOnServer(own.serverRole, target.serverRole)) return [];
  return [
    {
      label: 'Link for a new password',
      icon: 'key',
      run: () => void giveLink(target).catch(failed),
    },
    {
      label: 'Reset second step',
      icon: 'retry',
      danger: true,
      run: () => {
        dialog.value = {
          type: 'confirm',
          title: `Reset the second step of ${target.displayName}?`,
          text: 'Their authenticator app, recovery codes and passkeys will no longer work, and they are signed out everywhere. They sign in with the password alone, and set up new ones. Make sure that it is them who asks.',
          action: 'Reset',
          run: async () => {
            const { passkeys, oneTimeCodes } = await rest.removeFactors({
              user: target.id,
              factors: ['one-time-codes', 'passkeys'],
            });
            const hadAny = oneTimeCodes || passkeys > 0;
            toast(`${target.displayName} ${hadAny ? 'signs in with the password alone now' : 'had none'}.`);
          },
        };
      },
    },
    {
      label: 'Ban from this server',
      icon: 'lock',
      danger: true,
      run: () => {
        dialog.value = {
          type: 'confirm',
          title: `Ban ${target.displayName} from this server?`,
          text: 'They are signed out everywhere at once, and cannot sign in until the ban is lifted in the settings.',
          action: 'Ban',
          run: async () => {
            await rest.ban({ user: target.id });
            toast(`${target.displayName} is banned.`);
          },
        };
      },
    },
  ];
}

/** Copies it, to be handed over on a way that nobody else reads. */
async function giveLink({ id, displayName }: Profile): Promise<void> {
  const { url } = await rest.createPasswordReset(id);
  await navigator.clipboard.writeText(url);
  toast(`A link for ${displayName} is copied. It works once, for a day: whoever has it sets the password.`);
}
