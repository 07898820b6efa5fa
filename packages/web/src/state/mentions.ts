import type { Profile, UserId } from '@parley/client';

/** `@name` where a name can begin; what follows a name character or another @ is an address or a quotation. */
export const mentionPattern = /(^|[^\w@])@([a-zA-Z0-9][a-zA-Z0-9._-]*)/g;
/** Named in one message at most; the server refuses more. */
const maxMentions = 50;

/** Who a written name means, and how much of what was written is the name: `@ann.` means ann. */
export function resolveName(
  written: string,
  byName: ReadonlyMap<string, Profile>,
): { profile: Profile; length: number } | undefined {
  for (let end = written.length; end > 0; end--) {
    if (end < written.length && /\w/.test(written[end] ?? '')) continue;
    const profile = byName.get(written.slice(0, end).toLowerCase());
    if (profile !== undefined) return { profile, length: end };
  }
  return undefined;
}

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/** The people a text names, each once. Names in code are quoted, not meant. */
export function mentionsIn(text: string, byName: ReadonlyMap<string, Profile>): UserId[] {
  const found = new Set<UserId>();
  for (const [, , written = ''] of text.replace(code, ' ').matchAll(mentionPattern)) {
    const resolved = resolveName(written, byName);
    if (resolved !== undefined) found.add(resolved.profile.id);
  }
  return [...found].slice(0, maxMentions);
}

/** The `@begun` word before the caret, where one is being written. */
export function completionAt(
  text: string,
  caret: number,
): { readonly start: number; readonly query: string } | undefined {
  const found = /(?:^|[^\w@])@([\w.-]{0,32})$/.exec(text.slice(0, caret));
  const query = found?.[1];
  return query === undefined ? undefined : { start: caret - query.length - 1, query };
}
