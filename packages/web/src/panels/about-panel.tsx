import { type ListedConversation, limits } from '@parley/client';
import { leave, mute, wish } from '../state/actions.ts';
import { isMember, titleOf } from '../state/conversations.ts';
import { plural, shortDate } from '../state/format.ts';
import { allowed } from '../state/rights.ts';
import { dialog, openPanel } from '../state/screen.ts';
import { Button } from '../ui/button.tsx';
import { EditableText } from './editable-text.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { PersonSummary } from './person-summary.tsx';

const kindNames = { channel: 'Public channel', group: 'Private group', direct: 'Direct conversation' } as const;

/** What a conversation is, and what one may change about it. */
export function AboutPanel({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, peer, memberCount, createdAt, muted, archived } = conversation;
  const title = titleOf(conversation);
  return (
    <PanelFrame title="About" subtitle={kindNames[kind]}>
      <div class="panel-body about">
        {kind === 'direct' ? peer === undefined ? null : <PersonSummary user={peer} /> : null}
        {kind === 'direct' ? null : (
          <EditableText
            label="Name"
            value={conversation.name}
            maxLength={limits.maxNameLength}
            isAllowed={allowed(id, 'rename')}
            isRequired
            save={(name) => wish(id, { type: 'rename', name })}
          />
        )}
        <EditableText
          label="Topic"
          value={conversation.topic}
          empty="No topic yet"
          maxLength={limits.maxTopicLength}
          isLong
          isAllowed={allowed(id, 'setTopic')}
          save={(topic) => wish(id, { type: 'setTopic', topic })}
        />
        <dl class="about-facts">
          {kind === 'direct' ? null : (
            <div class="about-fact">
              <dt>Members</dt>
              <dd>
                <button type="button" class="about-link" onClick={() => openPanel({ type: 'members' })}>
                  {plural(memberCount, 'person', 'people')}
                </button>
              </dd>
            </div>
          )}
          <div class="about-fact">
            <dt>Made on</dt>
            <dd>{shortDate(createdAt)}</dd>
          </div>
        </dl>
        <div class="about-actions">
          {isMember(id) ? (
            <Button icon={muted ? 'bell' : 'bell-off'} onClick={() => mute(id, !muted)}>
              {muted ? 'Unmute' : 'Mute'}
            </Button>
          ) : null}
          {kind !== 'direct' && allowed(id, 'hide') ? (
            <Button icon="shield" onClick={() => openPanel({ type: 'moderation' })}>
              Moderation
            </Button>
          ) : null}
          {allowed(id, 'archive') ? (
            <Button icon="archive" onClick={() => (archived ? void setArchived(false) : confirmArchive())}>
              {archived ? 'Bring back' : 'Archive'}
            </Button>
          ) : null}
          {isMember(id) && allowed(id, 'leave') ? (
            <Button kind="danger" icon="sign-out" onClick={confirmLeave}>
              Leave
            </Button>
          ) : null}
        </div>
      </div>
    </PanelFrame>
  );

  function setArchived(on: boolean): Promise<boolean> {
    return wish(id, { type: 'archive', on });
  }

  function confirmArchive(): void {
    dialog.value = {
      type: 'confirm',
      title: `Archive ${title}?`,
      text: 'Everybody can still read it; nobody can write. It can be brought back.',
      action: 'Archive',
      run: async () => {
        await setArchived(true);
      },
    };
  }

  function confirmLeave(): void {
    dialog.value = {
      type: 'confirm',
      title: `Leave ${title}?`,
      text:
        kind === 'channel'
          ? 'You can join again whenever you like.'
          : 'You can come back only when somebody invites you, and will not see what was said meanwhile.',
      action: 'Leave',
      run: () => leave(id),
    };
  }
}
