import { ConversationView } from '../conversation/conversation-view.tsx';
import { route } from '../state/router.ts';
import { HomeView } from '../views/home.tsx';
import { MentionsView } from '../views/mentions.tsx';
import { ThreadsView } from '../views/threads.tsx';

/** The view that the address names. */
export function Stage() {
  const at = route.value;
  switch (at.page) {
    case 'conversation':
      return <ConversationView key={at.id} />;
    case 'threads':
      return <ThreadsView />;
    case 'mentions':
      return <MentionsView />;
    default:
      return <HomeView />;
  }
}
