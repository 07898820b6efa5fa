import './sidebar.css';
import { isApple } from '../app/platform.ts';
import { conversations, sections } from '../state/conversations.ts';
import { route } from '../state/router.ts';
import { dialog } from '../state/screen.ts';
import { ready } from '../state/sync.ts';
import { unreadThreads } from '../state/threads.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { OwnProfile } from './own-profile.tsx';
import { Section } from './section.tsx';
import { ServerMenu } from './server-menu.tsx';

/** Everything one can go to. */
export function Sidebar() {
  const { channels, groups, direct, archived } = sections.value;
  const mentions = [...conversations.value.values()].reduce((sum, one) => sum + one.mentions, 0);
  return (
    <nav class="sidebar" aria-label="Conversations">
      <ServerMenu />
      <button type="button" class="sidebar-search" onClick={() => (dialog.value = { type: 'switcher' })}>
        <Icon name="search" size={16} />
        <span>Jump to …</span>
        <kbd>{isApple() ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div class="sidebar-scroll">
        <ul class="sidebar-list">
          <Entry href="/threads" icon="thread" label="Threads" page="threads">
            <Badge count={unreadThreads.value} label="threads with unread replies" />
          </Entry>
          <Entry href="/mentions" icon="at" label="Mentions" page="mentions">
            <Badge count={mentions} label="unread mentions" tone="whisper" />
          </Entry>
        </ul>
        {ready.value ? (
          <>
            {conversations.value.size === 0 ? <FirstSteps /> : null}
            <Section
              name="channels"
              title="Channels"
              rows={channels}
              add={{ label: 'Create a channel', dialog: { type: 'create', kind: 'channel' } }}
            />
            <Section
              name="groups"
              title="Groups"
              rows={groups}
              add={{ label: 'Create a group', dialog: { type: 'create', kind: 'group' } }}
            />
            <Section
              name="direct"
              title="Direct messages"
              rows={direct}
              add={{ label: 'Write to somebody', dialog: { type: 'create', kind: 'direct' } }}
            />
            {archived.length === 0 ? null : <Section name="archived" title="Archived" rows={archived} />}
          </>
        ) : (
          <Skeleton />
        )}
      </div>
      <OwnProfile />
    </nav>
  );
}

const Entry = ({
  href,
  icon,
  label,
  page,
  children,
}: {
  href: string;
  icon: IconName;
  label: string;
  page: 'threads' | 'mentions';
  children: preact.ComponentChildren;
}) => (
  <li class="sidebar-item">
    <a class="sidebar-row" href={href} aria-current={route.value.page === page ? 'page' : undefined}>
      <Icon name={icon} size={16} />
      <span class="sidebar-name">{label}</span>
      {children}
    </a>
  </li>
);

/** On a narrow screen this list is all of the first page: it has to invite. */
const FirstSteps = () => (
  <div class="sidebar-first">
    <p>You are in no conversation yet.</p>
    <Button kind="primary" size="s" icon="plus" onClick={() => (dialog.value = { type: 'create', kind: 'channel' })}>
      Create a channel
    </Button>
    <Button size="s" icon="hash" onClick={() => (dialog.value = { type: 'browse' })}>
      Browse channels
    </Button>
  </div>
);

const widths = [72, 54, 63, 80, 48, 58];
const Skeleton = () => (
  <ul class="sidebar-list sidebar-skeleton" aria-hidden="true">
    {widths.map((width) => (
      <li key={width} class={`sidebar-bone sidebar-bone-${width}`} />
    ))}
  </ul>
);
