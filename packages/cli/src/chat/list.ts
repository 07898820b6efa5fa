import type { ListedConversation, ParleyClient } from '@parley/client';
import { type Named, namedConversations } from './conversations.ts';
import { plain } from './render.ts';

/** One's conversations, one a line; with `all` also the public channels one has not joined. */
export async function listLines(
  client: ParleyClient,
  { all, json }: { all: boolean; json: boolean },
): Promise<string[]> {
  const { mine, others } = await namedConversations(client);
  const shown = all ? [...mine, ...others] : mine;
  return shown.map((named) => (json ? jsonLine(named) : textLine(named)));
}

function jsonLine({ conversation, label }: Named): string {
  const { id, kind, name, topic, memberCount, archived, role, head } = conversation;
  const { unread = 0, mentions = 0 } = conversation as Partial<ListedConversation>;
  const isMember = role !== undefined;
  return JSON.stringify({
    id,
    label,
    kind,
    name,
    topic,
    isMember,
    memberCount,
    archived,
    unread,
    mentions,
    head: head.head,
  });
}

function textLine({ conversation, label }: Named): string {
  const { unread = 0, mentions = 0, muted = false } = conversation as Partial<ListedConversation>;
  const marks = [
    ...(unread > 0 ? [`${unread} unread`] : []),
    ...(mentions > 0 ? [`${mentions} for you`] : []),
    ...(conversation.role === undefined ? ['not joined'] : []),
    ...(conversation.archived ? ['archived'] : []),
    ...(muted ? ['muted'] : []),
  ].join(', ');
  return `${plain(label).padEnd(28)} ${conversation.id}  ${marks}`.trimEnd();
}
