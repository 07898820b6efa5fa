import { lazy, Suspense } from 'preact/compat';
import { conversationOf } from '../state/conversations.ts';
import { panel, threadView } from '../state/screen.ts';
import type { TimelineView } from '../state/view.ts';
import { ThreadPanel } from './thread-panel.tsx';

const MembersPanel = lazy(() => import('./members-panel.tsx').then((loaded) => ({ default: loaded.MembersPanel })));
const PinsPanel = lazy(() => import('./pins-panel.tsx').then((loaded) => ({ default: loaded.PinsPanel })));
const AboutPanel = lazy(() => import('./about-panel.tsx').then((loaded) => ({ default: loaded.AboutPanel })));
const ModerationPanel = lazy(() =>
  import('./moderation-panel.tsx').then((loaded) => ({ default: loaded.ModerationPanel })),
);
const PersonPanel = lazy(() => import('./person-panel.tsx').then((loaded) => ({ default: loaded.PersonPanel })));

/** The panel that was asked for. */
export function SidePanel({ view }: { view: TimelineView }) {
  const open = panel.value;
  const conversation = conversationOf(view.id);
  if (open === undefined || conversation === undefined) return null;
  if (open.type === 'thread')
    return threadView.value === undefined ? null : (
      <ThreadPanel
        key={`${view.id}:${open.root}`}
        view={threadView.value}
        conversation={conversation}
        root={open.root}
      />
    );
  return <Suspense fallback={<aside class="panel" aria-label="Loading" />}>{panelOf()}</Suspense>;

  function panelOf() {
    if (open === undefined || conversation === undefined) return null;
    switch (open.type) {
      case 'members':
        return <MembersPanel conversation={conversation} />;
      case 'pins':
        return <PinsPanel view={view} />;
      case 'about':
        return <AboutPanel key={view.id} conversation={conversation} />;
      case 'moderation':
        return <ModerationPanel key={view.id} conversation={conversation} />;
      case 'person':
        return <PersonPanel key={open.user} user={open.user} conversation={conversation} />;
      default:
        return null;
    }
  }
}
