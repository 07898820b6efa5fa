import type { ConversationId, Moderation, UserId } from '@parley/client';
import type { ComponentChildren } from 'preact';
import { wish } from '../state/actions.ts';
import { fullTime } from '../state/format.ts';
import { displayNameOf } from '../state/people.ts';
import { Button } from '../ui/button.tsx';

/** Who asks to be let in. */
export function JoinRequests({ id, kept: { requests } }: { id: ConversationId; kept: Moderation }) {
  if (requests.length === 0) return null;
  return (
    <>
      <h3 class="moderation-title">They ask to be let in</h3>
      <ul class="plain-list">
        {requests.map(({ user, at }) => (
          <Person key={user} user={user} about={`Since ${fullTime(at)}`}>
            <Button size="s" onClick={() => void wish(id, { type: 'admit', user, on: true })}>
              Let in<span class="visually-hidden"> {displayNameOf(user)}</span>
            </Button>
            <Button size="s" onClick={() => void wish(id, { type: 'admit', user, on: false })}>
              Decline<span class="visually-hidden"> {displayNameOf(user)}</span>
            </Button>
          </Person>
        ))}
      </ul>
    </>
  );
}

/** Who may not write, or not come back, with the way to end it. */
export function SilencedAndBanned({ id, kept: { silenced, banned } }: { id: ConversationId; kept: Moderation }) {
  const still = silenced.filter(({ until }) => until > Date.now());
  if (still.length + banned.length === 0) return null;
  return (
    <>
      <h3 class="moderation-title">Silenced and banned</h3>
      <ul class="plain-list">
        {still.map(({ user, until }) => (
          <Person key={`silenced ${user}`} user={user} about={`Silent until ${fullTime(until)}`}>
            <Button size="s" onClick={() => void wish(id, { type: 'silence', user, forMs: 0 })}>
              Let speak<span class="visually-hidden"> {displayNameOf(user)}</span>
            </Button>
          </Person>
        ))}
        {banned.map((user) => (
          <Person key={`banned ${user}`} user={user} about="Banned from here">
            <Button size="s" onClick={() => void wish(id, { type: 'ban', user, on: false })}>
              Lift the ban<span class="visually-hidden"> of {displayNameOf(user)}</span>
            </Button>
          </Person>
        ))}
      </ul>
    </>
  );
}

const Person = ({ user, about, children }: { user: UserId; about: string; children: ComponentChildren }) => (
  <li class="moderated">
    <span class="moderated-text">
      <span class="moderated-name">{displayNameOf(user)}</span>
      <span class="moderated-about">{about}</span>
    </span>
    {children}
  </li>
);
