import './shell.css';
import { Dialogs } from '../dialogs/dialogs.tsx';
import { Sidebar } from '../sidebar/sidebar.tsx';
import { route } from '../state/router.ts';
import { announcement } from '../state/sync.ts';
import { Banner } from './banner.tsx';
import { Stage } from './stage.tsx';

/** The signed-in page. On a narrow screen the sidebar is the page at `/`, and everything else covers it. */
export const Shell = () => (
  <div class={`shell ${route.value.page === 'home' ? 'shell-home' : 'shell-away'}`}>
    <button type="button" class="skip-link" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
      Skip to the conversation
    </button>
    <Sidebar />
    <div class="shell-stage">
      <Banner />
      <Stage />
    </div>
    <Dialogs />
    <p class="visually-hidden" aria-live="polite">
      {announcement.value}
    </p>
  </div>
);
