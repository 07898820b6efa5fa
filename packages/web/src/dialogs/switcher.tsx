import './switcher.css';
import type { Conversation, ConversationId, ListedConversation, Profile } from '@parley/client';
import { useEffect, useId, useState } from 'preact/hooks';
import { openDirect } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { conversations, directWith, openId, titleOf } from '../state/conversations.ts';
import { navigate, pathOf } from '../state/router.ts';
import { failed } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { useListKeys } from './list-keys.ts';
import { bestOf } from './match.ts';
import { namesOfPerson, usePeopleSearch } from './people-search.ts';

type Target =
  | { readonly type: 'conversation'; readonly conversation: ListedConversation }
  | { readonly type: 'channel'; readonly channel: Conversation }
  | { readonly type: 'person'; readonly person: Profile };

const maxShown = 12;

const namesOf = (target: Target): readonly string[] => {
  if (target.type === 'conversation') return [titleOf(target.conversation)];
  return target.type === 'channel' ? [target.channel.name] : namesOfPerson(target.person);
};
const weight = ({ unread, mentions, lastMessage, createdAt }: ListedConversation): number =>
  (mentions > 0 ? 2e15 : unread > 0 ? 1e15 : 0) + (lastMessage?.at ?? createdAt);

/** One's own conversations, what calls first; then channels one is not in; then people. */
function useTargets(query: string): readonly Target[] {
  const [channels, setChannels] = useState<readonly Conversation[]>([]);
  useEffect(() => {
    rest.channels().then(setChannels, failed);
  }, []);
  const found = usePeopleSearch(query);
  const own = [...conversations.value.values()]
    .filter(({ id }) => query !== '' || id !== openId.value)
    .toSorted((a, b) => weight(b) - weight(a))
    .map((conversation): Target => ({ type: 'conversation', conversation }));
  if (query.trim() === '') return own.slice(0, maxShown);
  const others = channels
    .filter(({ id }) => !conversations.value.has(id))
    .map((channel): Target => ({ type: 'channel', channel }));
  const strangers = found
    .filter(({ id }) => directWith(id) === undefined)
    .map((person): Target => ({ type: 'person', person }));
  return bestOf([...own, ...others, ...strangers], query, namesOf).slice(0, maxShown);
}

/** Goes anywhere in a few keystrokes. */
export function Switcher({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const id = useId();
  const targets = useTargets(query);
  const go = (target: Target | undefined) => {
    if (target === undefined) return;
    onClose();
    if (target.type === 'person') openDirect(target.person.id).catch(failed);
    else navigate(pathOf(idOf(target)));
  };
  const { active, setActive, onKeyDown } = useListKeys(targets.length, query, (index) => go(targets[index]));
  return (
    <Dialog title="Jump to a conversation" bare onClose={onClose}>
      <div class="switcher-field">
        <Icon name="search" />
        <input
          class="switcher-input"
          role="combobox"
          aria-label="Jump to a conversation or person"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={targets.length === 0 ? undefined : `${id}-${active}`}
          autocomplete="off"
          spellcheck={false}
          autofocus
          placeholder="Jump to a conversation or person"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={id} class="switcher-list" role="listbox" aria-label="Found">
        {targets.map((target, index) => (
          <li
            key={target.type === 'person' ? target.person.id : idOf(target)}
            id={`${id}-${index}`}
            ref={(element) => {
              if (index === active) element?.scrollIntoView({ block: 'nearest' });
            }}
            class={`switcher-row ${index === active ? 'switcher-active' : ''}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => go(target)}
          >
            <TargetRow target={target} />
          </li>
        ))}
      </ul>
      <p class={targets.length === 0 ? 'switcher-none' : 'visually-hidden'} role="status">
        {targets.length === 0 ? 'Nothing by that name.' : ''}
      </p>
    </Dialog>
  );
}

const idOf = (target: Exclude<Target, { type: 'person' }>): ConversationId =>
  target.type === 'channel' ? target.channel.id : target.conversation.id;

function TargetRow({ target }: { target: Target }) {
  if (target.type === 'person')
    return (
      <>
        <Avatar user={target.person.id} size={20} />
        <span class="switcher-name">{target.person.displayName}</span>
        <span class="switcher-about">@{target.person.name}</span>
      </>
    );
  if (target.type === 'channel')
    return (
      <>
        <Icon name="hash" size={16} />
        <span class="switcher-name">{target.channel.name}</span>
        <span class="switcher-about">not joined</span>
      </>
    );
  const { kind, peer, unread, mentions, archived } = target.conversation;
  return (
    <>
      {kind === 'direct' && peer !== undefined ? (
        <Avatar user={peer} size={20} />
      ) : (
        <Icon name={kind === 'channel' ? 'hash' : kind === 'group' ? 'lock' : 'edit'} size={16} />
      )}
      <span class="switcher-name">{titleOf(target.conversation)}</span>
      {archived ? <span class="switcher-about">archived</span> : null}
      <Badge count={mentions > 0 ? mentions : unread} label="unread" tone={mentions > 0 ? 'call' : 'whisper'} />
    </>
  );
}
