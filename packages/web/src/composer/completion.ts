import type { Profile, UserId } from '@parley/client';

/** What `@` can be completed to. */
export type Suggestion =
  | { readonly type: 'person'; readonly name: string; readonly profile: Profile }
  | { readonly type: 'mass'; readonly name: 'all' | 'here' };

/** More would not be read; another letter narrows them. */
const maxSuggestions = 8;
const massNames = ['here', 'all'] as const;

/** How well a person answers what was begun: lower is better, `undefined` not at all. */
function distance({ name, displayName }: Profile, query: string): number | undefined {
  const handle = name.toLowerCase();
  const shown = displayName.toLowerCase();
  if (handle.startsWith(query)) return 0;
  if (shown.startsWith(query)) return 1;
  if (shown.split(/[\s._-]+/).some((word) => word.startsWith(query))) return 2;
  return handle.includes(query) || shown.includes(query) ? 3 : undefined;
}

/**
 * Whom a begun `@name` may mean, best first.
 * @param mass whether the writer may address everybody
 */
export function suggest(
  query: string,
  members: readonly Profile[],
  options: { me: UserId | undefined; mass: boolean },
): Suggestion[] {
  const begun = query.toLowerCase();
  const found = members.flatMap((profile) => {
    const rank = profile.id === options.me ? undefined : distance(profile, begun);
    return rank === undefined ? [] : [{ rank, profile }];
  });
  const people = found
    .toSorted((a, b) => a.rank - b.rank || a.profile.displayName.localeCompare(b.profile.displayName))
    .map(({ profile }): Suggestion => ({ type: 'person', name: profile.name, profile }));
  const everybody = options.mass
    ? massNames.filter((name) => name.startsWith(begun)).map((name): Suggestion => ({ type: 'mass', name }))
    : [];
  // Who is named in full comes first; everybody is called only where that was begun on purpose.
  const all =
    begun === '' ? [...people.slice(0, maxSuggestions - everybody.length), ...everybody] : [...everybody, ...people];
  return all.slice(0, maxSuggestions);
}
