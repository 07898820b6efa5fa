import './views.css';
import type { ComponentChildren } from 'preact';
import { navigate } from '../state/router.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

/** A page beside the conversations: its name, and on a narrow screen the way back. */
export const View = ({ icon, title, children }: { icon: IconName; title: string; children: ComponentChildren }) => (
  <main class="view" tabIndex={-1}>
    <header class="view-header">
      <IconButton class="view-back" icon="arrow-left" label="Back to the conversations" onClick={() => navigate('/')} />
      <Icon name={icon} />
      <h1 class="view-title">{title}</h1>
    </header>
    <div class="view-body">{children}</div>
  </main>
);
