import './dialogs.css';
import type { Conversation } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { join } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { conversations } from '../state/conversations.ts';
import { plural } from '../state/format.ts';
import { navigate, pathOf } from '../state/router.ts';
import { dialog } from '../state/screen.ts';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Empty } from '../ui/empty.tsx';
import { Icon } from '../ui/icon.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { bestOf } from './match.ts';

/** All channels of the server, to look into and to join. */
export function Browse({ onClose }: { onClose: () => void }) {
  const [channels, setChannels] = useState<readonly Conversation[]>();
  const [query, setQuery] = useState('');
  useEffect(() => {
    rest.channels().then(setChannels, (error: unknown) => {
      failed(error);
      onClose();
    });
  }, []);
  const found = bestOf(channels ?? [], query, ({ name, topic }) => [name, topic]);
  const createOne = () => (dialog.value = { type: 'create', kind: 'channel' });
  return (
    <Dialog
      title="Channels"
      onClose={onClose}
      footer={
        <Button icon="plus" onClick={createOne}>
          Create a channel
        </Button>
      }
    >
      <input
        class="input"
        type="search"
        aria-label="Find a channel"
        placeholder="Find a channel"
        autofocus
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <div class="browse-list">
        {channels === undefined ? (
          <Spinner label="Loading the channels" />
        ) : channels.length === 0 ? (
          <Empty
            icon="hash"
            title="No channels yet"
            text="A channel is a room for one subject, open to everybody here."
          />
        ) : found.length === 0 ? (
          <p class="dialog-text">No channel fits that.</p>
        ) : (
          <ul class="plain-list">
            {found.map((channel) => (
              <ChannelRow key={channel.id} channel={channel} onClose={onClose} />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function ChannelRow({ channel, onClose }: { channel: Conversation; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const isIn = conversations.value.has(channel.id);
  const enter = async () => {
    setBusy(true);
    await join(channel.id);
    navigate(pathOf(channel.id));
    onClose();
  };
  return (
    <li class="browse-row">
      <Icon name={channel.archived ? 'archive' : 'hash'} />
      <a class="browse-link" href={pathOf(channel.id)} onClick={onClose}>
        <span class="browse-name">{channel.name}</span>
        <span class="browse-about">
          {plural(channel.memberCount, 'member')}
          {isIn ? ' · joined' : ''}
          {channel.topic === '' ? '' : ` · ${channel.topic}`}
        </span>
      </a>
      {isIn || channel.archived ? null : (
        <Button size="s" busy={busy} onClick={() => void enter()}>
          Join<span class="visually-hidden"> {channel.name}</span>
        </Button>
      )}
    </li>
  );
}
