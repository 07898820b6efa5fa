import type { UserId } from '@parley/protocol';

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const mass = /(?:^|[^\w@])@(all|here)\b/;

/** Whether a text addresses everybody; what stands in code is quoted, not meant. */
export function massMentionIn(text: string): 'all' | 'here' | undefined {
  if (!text.includes('@')) return undefined;
  const found = mass.exec(text.replace(code, ' '))?.[1];
  return found === 'all' || found === 'here' ? found : undefined;
}

/** The people a message notifies: members, each once, never its author. */
export function mentionsOf(
  named: readonly UserId[] | undefined,
  author: UserId,
  members: ReadonlyMap<UserId, unknown>,
): UserId[] | undefined {
  if (named === undefined) return undefined;
  const mentioned = [...new Set(named)].filter((user) => user !== author && members.has(user));
  return mentioned.length === 0 ? undefined : mentioned;
}
