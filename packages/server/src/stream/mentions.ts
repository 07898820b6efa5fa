import type { UserId } from '@parley/protocol';

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
const mass = /(?:^|[^\w@])@(all|here)\b/;

/** Whether a text addresses everybody; what stands in code is quoted, not meant. */
export function massMentionIn(text: string): 'all' | 'here' | undefined {
  if (!text.includes('@')) return undefined;
  const found = mass.exec(text.replace(code, ' '))?.[1];
  return found === 'all' || found === 'here' ? found : undefined;
}

/** `@name` where a name can begin; what follows a name character or another @ is an address or a quotation. */
const named = /(?:^|[^\w@])@([a-zA-Z0-9][a-zA-Z0-9._-]{0,63})/g;
/** Different names of one text that are looked up at most. */
const maxNames = 20;
/** Readings of one name: `@ann.b.` may mean `ann.b.`, `ann.b` or `ann`. */
const maxReadings = 4;

/** The names that a text has, in lower case: of each what it may be read as, the longest first. Everybody is no name. */
export function namesIn(text: string): readonly (readonly string[])[] {
  if (!text.includes('@')) return [];
  const found = new Set([...text.replace(code, ' ').matchAll(named)].map(([, written = '']) => written.toLowerCase()));
  return [...found]
    .filter((written) => !/^(?:all|here)\b/.test(written))
    .slice(0, maxNames)
    .map(readingsOf);
}

function readingsOf(written: string): readonly string[] {
  const readings: string[] = [];
  for (let end = written.length; end > 0 && readings.length < maxReadings; end--)
    if (end === written.length || !/\w/.test(written[end] ?? '')) readings.push(written.slice(0, end));
  return readings;
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
