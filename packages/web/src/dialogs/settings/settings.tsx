import './settings.css';
import { mayOnServer, type ServerAction } from '@parley/client';
import type { ComponentType } from 'preact';
import { useRef } from 'preact/hooks';
import { dialog, type SettingsPage } from '../../state/screen.ts';
import { me } from '../../state/session.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { nextItem } from '../../ui/next-item.ts';
import { Appearance } from './appearance.tsx';
import { AuditLog } from './audit.tsx';
import { Devices } from './devices.tsx';
import { Invitations } from './invitations.tsx';
import { Keyboard } from './keyboard.tsx';
import { Order } from './order.tsx';
import { OwnData } from './own-data.tsx';
import { Password } from './password.tsx';
import { ProfilePage } from './profile.tsx';
import { Security } from './security/security.tsx';
import { Tokens } from './security/tokens.tsx';

interface Page {
  readonly page: SettingsPage;
  readonly title: string;
  readonly icon: IconName;
  readonly content: ComponentType;
  /** Shown to whom the server lets do this. */
  readonly action?: ServerAction;
}

const pages: readonly Page[] = [
  { page: 'profile', title: 'Profile', icon: 'user', content: ProfilePage },
  { page: 'appearance', title: 'Appearance', icon: 'sun', content: Appearance },
  { page: 'password', title: 'Password', icon: 'key', content: Password },
  { page: 'security', title: 'Security', icon: 'shield', content: Security },
  { page: 'devices', title: 'Devices', icon: 'monitor', content: Devices },
  { page: 'invitations', title: 'Invitations', icon: 'user-plus', content: Invitations, action: 'inviteToServer' },
  { page: 'tokens', title: 'Tokens', icon: 'link', content: Tokens },
  { page: 'keyboard', title: 'Keyboard', icon: 'keyboard', content: Keyboard },
  { page: 'data', title: 'Your data', icon: 'archive', content: OwnData },
  { page: 'order', title: 'Moderation', icon: 'shield', content: Order, action: 'settleReports' },
  { page: 'audit', title: 'Audit log', icon: 'clock', content: AuditLog, action: 'readAudit' },
];

/** What one can set for oneself, a page for each subject. */
export function Settings({ page, onClose }: { page: SettingsPage; onClose: () => void }) {
  const tabs = useRef<HTMLDivElement>(null);
  const rank = me.value?.serverRole ?? 'guest';
  const shown = pages.filter(({ action }) => action === undefined || mayOnServer(action, rank));
  const at = Math.max(
    0,
    shown.findIndex((one) => one.page === page),
  );
  const select = (index: number) => {
    const next = shown[index];
    if (next !== undefined) dialog.value = { type: 'settings', page: next.page };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key.replace('Right', 'Down').replace('Left', 'Up');
    const next =
      key.length === 1
        ? undefined
        : nextItem(
            key,
            at,
            shown.map(({ title }) => title),
          );
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    tabs.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  const current = shown[at];
  if (current === undefined) return null;
  const Content = current.content;
  return (
    <Dialog title="Settings" size="l" onClose={onClose}>
      <div class="settings">
        <div
          ref={tabs}
          class="settings-tabs"
          role="tablist"
          aria-label="Settings"
          aria-orientation="vertical"
          onKeyDown={onKeyDown}
        >
          {shown.map((one, index) => (
            <button
              key={one.page}
              type="button"
              role="tab"
              id={`settings-tab-${one.page}`}
              class="settings-tab"
              aria-selected={index === at}
              autofocus={index === at}
              aria-controls="settings-page"
              tabIndex={index === at ? 0 : -1}
              ref={(element) => {
                if (index === at) element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
              }}
              onClick={() => select(index)}
            >
              <Icon name={one.icon} size={16} />
              {one.title}
            </button>
          ))}
        </div>
        <div
          id="settings-page"
          class="settings-page"
          role="tabpanel"
          tabIndex={0}
          aria-labelledby={`settings-tab-${current.page}`}
        >
          <Content />
        </div>
      </div>
    </Dialog>
  );
}
