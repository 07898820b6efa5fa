import type { ListedConversation } from '@parley/client';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Virtualizer } from 'virtua';
import { plural } from '../state/format.ts';
import { loadMembers, membersOf } from '../state/members.ts';
import { presences, showFaces } from '../state/presence.ts';
import { allowed } from '../state/rights.ts';
import { dialog } from '../state/screen.ts';
import { membership } from '../state/sync.ts';
import { Button } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { linesOf } from './member-lines.ts';
import { MemberRow } from './member-row.tsx';
import { PanelFrame } from './panel-frame.tsx';

const manyMembers = 12;
/** Faces whose presence is followed; more than anybody scrolls past. */
const followedFaces = 300;
/** Everybody in the conversation, and what one may do about it. */
export function MembersPanel({ conversation }: { conversation: ListedConversation }) {
  const { id } = conversation;
  const query = useSignal('');
  const members = membersOf(id);
  const version = membership.value;
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => void loadMembers(id), [id, version]);
  useEffect(() => {
    showFaces(
      'members',
      (members ?? []).slice(0, followedFaces).map(({ user }) => user.id),
    );
    return () => showFaces('members', []);
  }, [members]);
  const here = useComputed(
    () => new Set([...presences.value.values()].filter(({ state }) => state !== 'offline').map(({ user }) => user)),
  );
  const lines = useMemo(
    () => linesOf(members ?? [], query.value, ({ user }) => here.value.has(user.id)),
    [members, query.value, here.value],
  );
  return (
    <PanelFrame title="Members" subtitle={plural(conversation.memberCount, 'person', 'people')}>
      <div class="panel-tools">
        {conversation.memberCount > manyMembers ? (
          <input
            class="input"
            type="search"
            placeholder="Find a member"
            aria-label="Find a member"
            value={query.value}
            onInput={(event) => {
              query.value = event.currentTarget.value;
            }}
          />
        ) : null}
        {allowed(id, 'invite') ? (
          <Button
            icon="user-plus"
            onClick={() => {
              dialog.value = { type: 'invite-members', conversation: id };
            }}
          >
            Invite people
          </Button>
        ) : null}
      </div>
      <div ref={scroller} class="panel-body" tabIndex={0} role="group" aria-label="Members">
        {members === undefined ? (
          <div class="panel-centre">
            <Spinner label="Loading the members" />
          </div>
        ) : lines.length === 0 ? (
          <p class="panel-nothing">Nobody is called that.</p>
        ) : (
          <Virtualizer data={lines} scrollRef={scroller}>
            {(line) =>
              'heading' in line ? (
                <h3 class="panel-group" key={line.heading}>
                  {line.heading}
                </h3>
              ) : (
                <MemberRow key={line.user.id} conversation={conversation} entry={line} />
              )
            }
          </Virtualizer>
        )}
      </div>
    </PanelFrame>
  );
}
