import type { ListedConversation, UserId } from '@parley/client';
import { useEffect } from 'preact/hooks';
import { openDirect } from '../state/actions.ts';
import { loadMembers, membersOf } from '../state/members.ts';
import { people } from '../state/people.ts';
import { dialog } from '../state/screen.ts';
import { me } from '../state/session.ts';
import { membership } from '../state/sync.ts';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { accountActions, memberActions, roleNames } from './member-actions.ts';
import { PanelFrame } from './panel-frame.tsx';
import { PersonSummary } from './person-summary.tsx';

/** Somebody's card, with what one may do about them in this conversation. */
export function PersonPanel({ user, conversation }: { user: UserId; conversation: ListedConversation }) {
  const version = membership.value;
  useEffect(() => void loadMembers(conversation.id), [conversation.id, version]);
  const entry = membersOf(conversation.id)?.find((one) => one.user.id === user);
  const isSelf = user === me.value?.id;
  const here = entry === undefined ? [] : memberActions(conversation, entry).filter(({ icon }) => icon !== 'send');
  const profile = people.value.get(user);
  const items = [...here, ...(profile === undefined ? [] : accountActions(profile))];
  return (
    <PanelFrame title="Profile">
      <div class="panel-body about">
        <PersonSummary user={user} />
        {entry === undefined || conversation.kind === 'direct' ? null : (
          <dl class="about-facts">
            <div class="about-fact">
              <dt>Role here</dt>
              <dd>{roleNames[entry.role]}</dd>
            </div>
          </dl>
        )}
        <div class="about-actions">
          {isSelf ? (
            <Button
              icon="edit"
              onClick={() => {
                dialog.value = { type: 'settings' };
              }}
            >
              Edit your profile
            </Button>
          ) : (
            <Button kind="primary" icon="send" onClick={() => void openDirect(user).catch(failed)}>
              Send a message
            </Button>
          )}
          {items.map(({ label, icon, danger, run }) => (
            <Button key={label} icon={icon} kind={danger === true ? 'danger' : 'plain'} onClick={run}>
              {label}
            </Button>
          ))}
        </div>
      </div>
    </PanelFrame>
  );
}
