import './shell.css';
import { Dialogs } from '../dialogs/dialogs.tsx';
import { Sidebar } from '../sidebar/sidebar.tsx';
import { route } from '../state/router.ts';
import { about } from '../state/session.ts';
import { announcement } from '../state/sync.ts';
import { Banner } from './banner.tsx';
import { narrow } from './narrow.ts';
import { Stage } from './stage.tsx';

/** The signed-in page. */
export const Shell = () => (
  <>
    {narrow.value ? <OneColumn /> : <TwoColumns />}
    <Dialogs />
    <p class="visually-hidden" aria-live="polite">
      {announcement.value}
    </p>
  </>
);

const TwoColumns = () => (
  <div class="shell shell-two">
    <button type="button" class="skip-link" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
      Skip to the conversation
    </button>
    <Sidebar />
    <div class="shell-stage">
      <Banner />
      <Stage />
    </div>
  </div>
);

/** On a narrow screen the list is the page at `/`, and every other page covers it. */
const OneColumn = () => (
  <div class="shell shell-stage">
    <Banner />
    {route.value.page === 'home' ? (
      <main class="shell-list" tabIndex={-1}>
        <h1 class="visually-hidden">{about.value?.name ?? 'Parley'}</h1>
        <Sidebar />
      </main>
    ) : (
      <Stage />
    )}
  </div>
);
