import type { ThreadEntry } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { plural, relative } from '../state/format.ts';
import { loadThreads, threads } from '../state/threads.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { CardSkeleton } from './card-skeleton.tsx';
import { MessageCard } from './message-card.tsx';
import { View } from './view.tsx';

/** The threads one follows, the most recently answered first. */
export function ThreadsView() {
  const [state, setState] = useState<'loading' | 'ready' | { readonly error: string }>('loading');
  useEffect(() => {
    loadThreads().then(
      () => setState('ready'),
      (thrown: unknown) => setState({ error: sentenceOf(thrown) }),
    );
  }, []);
  const followed = threads.value;
  return (
    <View icon="thread" title="Threads">
      {followed.length > 0 ? (
        <ul class="cards">
          {followed.map((entry) => (
            <ThreadCard key={`${entry.conversation}:${entry.root.seq}`} entry={entry} />
          ))}
        </ul>
      ) : typeof state === 'object' ? (
        <Empty icon="alert" title="This cannot be shown right now" text={state.error} />
      ) : state === 'loading' ? (
        <CardSkeleton />
      ) : (
        <Empty
          icon="thread"
          title="You follow no thread yet"
          text="Answer a message in a thread, and you find it here when others go on."
        />
      )}
    </View>
  );
}

const maxFaces = 5;

function ThreadCard({ entry: { conversation, root, unread } }: { entry: ThreadEntry }) {
  const { replies } = root;
  return (
    <MessageCard conversation={conversation} message={root} seq={replies?.lastSeq ?? root.seq}>
      {replies === undefined ? null : (
        <p class="card-foot">
          <span class="card-faces">
            {replies.users.slice(-maxFaces).map((user) => (
              <Avatar key={user} user={user} size={20} />
            ))}
          </span>
          {plural(replies.count, 'reply', 'replies')}, the last {relative(replies.lastAt)}
          <Badge count={unread} label="unread replies" />
        </p>
      )}
    </MessageCard>
  );
}
