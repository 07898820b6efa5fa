import type { MentionList } from '@parley/client';
import { useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { conversations } from '../state/conversations.ts';
import { learnPeople } from '../state/people.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Empty } from '../ui/empty.tsx';
import { CardSkeleton } from './card-skeleton.tsx';
import { MessageCard } from './message-card.tsx';
import { View } from './view.tsx';

/** Every message that names the reader, newest first; read again when there are more. */
export function MentionsView() {
  const [mentions, setMentions] = useState<MentionList['mentions']>();
  const [error, setError] = useState<string>();
  const unread = useComputed(() => [...conversations.value.values()].reduce((sum, one) => sum + one.mentions, 0));
  useEffect(() => {
    rest.mentions().then(
      (answered) => {
        learnPeople(answered.people);
        setMentions(answered.mentions);
        setError(undefined);
      },
      (thrown: unknown) => setError(sentenceOf(thrown)),
    );
  }, [unread.value]);
  return (
    <View icon="at" title="Mentions">
      {error !== undefined && mentions === undefined ? (
        <Empty icon="alert" title="This cannot be shown right now" text={error} />
      ) : mentions === undefined ? (
        <CardSkeleton />
      ) : mentions.length === 0 ? (
        <Empty
          icon="at"
          title="Nobody has mentioned you yet"
          text="When somebody writes your @handle, the message is kept here for you."
        />
      ) : (
        <ul class="cards">
          {mentions.map(({ conversation, message }) => (
            <MessageCard key={`${conversation}:${message.seq}`} conversation={conversation} message={message} />
          ))}
        </ul>
      )}
    </View>
  );
}
