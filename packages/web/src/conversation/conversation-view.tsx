import './conversation.css';
import { Composer } from '../composer/composer.tsx';
import { SidePanel } from '../panels/side-panel.tsx';
import { conversationOf, isMember, titleOf } from '../state/conversations.ts';
import { navigate } from '../state/router.ts';
import { mainView, panel } from '../state/screen.ts';
import type { TimelineView } from '../state/view.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { ConversationIntro } from './conversation-intro.tsx';
import { ArchivedBar, HeldBar, isHeld, JoinBar } from './footer-bars.tsx';
import { Skeleton } from './list-parts.tsx';
import { MessageList } from './message-list.tsx';
import { TypingLine } from './typing-line.tsx';

/** The open conversation, with the panel beside it. */
export function ConversationView() {
  const view = mainView.value;
  return (
    <div class={`conversation ${panel.value === undefined ? '' : 'conversation-with-panel'}`}>
      <main class="conversation-main" tabIndex={-1}>
        {view === undefined ? <Opening /> : <OpenConversation key={view.id} view={view} />}
      </main>
      {view === undefined ? null : <SidePanel view={view} />}
    </div>
  );
}

const Opening = () => (
  <>
    <div class="conversation-header">
      <h1 class="visually-hidden">Opening the conversation</h1>
    </div>
    <Skeleton />
  </>
);

function OpenConversation({ view }: { view: TimelineView }) {
  const conversation = conversationOf(view.id);
  if (conversation === undefined) {
    if (view.error.value === undefined) return <Opening />;
    return (
      <>
        <h1 class="visually-hidden">A conversation that cannot be opened</h1>
        <Empty icon="lock" title="This conversation cannot be opened" text={view.error.value}>
          <Button onClick={() => navigate('/')}>Back</Button>
        </Empty>
      </>
    );
  }
  const title = titleOf(conversation);
  const place = conversation.kind === 'channel' ? `#${title}` : title;
  return (
    <>
      <ConversationHeader conversation={conversation} />
      <MessageList
        view={view}
        label={`Messages in ${place}`}
        lead={<ConversationIntro conversation={conversation} />}
      />
      {conversation.archived ? (
        <ArchivedBar conversation={conversation} />
      ) : isMember(view.id) && isHeld(conversation) ? (
        <HeldBar conversation={conversation} />
      ) : isMember(view.id) ? (
        <>
          <Composer view={view} label={`Message ${place}`} />
          <TypingLine view={view} />
        </>
      ) : (
        <JoinBar conversation={conversation} />
      )}
    </>
  );
}
