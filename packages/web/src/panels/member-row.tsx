import type { ListedConversation, MemberEntry } from '@parley/client';
import { people } from '../state/people.ts';
import { openPanel } from '../state/screen.ts';
import { me } from '../state/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { memberActions, roleNames } from './member-actions.ts';

/** A member: pressing the name opens the person's card. */
export function MemberRow({ conversation, entry }: { conversation: ListedConversation; entry: MemberEntry }) {
  const { user, role } = entry;
  const profile = people.value.get(user.id) ?? user;
  const items = memberActions(conversation, entry);
  return (
    <div class="member">
      <button type="button" class="member-person" onClick={() => openPanel({ type: 'person', user: user.id })}>
        <Avatar user={user.id} size={28} presence />
        <span class="member-names">
          <span class="member-name">
            {profile.displayName}
            {user.id === me.value?.id ? <span class="member-you"> (you)</span> : null}
          </span>
          <span class="member-status">{profile.status === '' ? `@${profile.name}` : profile.status}</span>
        </span>
      </button>
      {role === 'member' ? null : <span class="member-role">{roleNames[role]}</span>}
      {items.length === 0 ? null : (
        <Menu
          label={`About ${profile.displayName}`}
          items={items}
          trigger={(props) => (
            <IconButton {...props} size="s" icon="more" label={`What to do about ${profile.displayName}`} />
          )}
        />
      )}
    </div>
  );
}
