import { type ListedConversation, type MemberEntry, outranks, type Role } from '@parley/client';
import { openDirect, setRole, wish } from '../state/actions.ts';
import { titleOf } from '../state/conversations.ts';
import { allowed } from '../state/rights.ts';
import { dialog } from '../state/screen.ts';
import { me } from '../state/session.ts';
import { failed } from '../state/toasts.ts';
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
  return items;
}
