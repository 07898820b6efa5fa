import type { MemberEntry, Role } from '@parley/client';

const groups: readonly { readonly name: string; readonly roles: readonly Role[] }[] = [
  { name: 'Owners and admins', roles: ['owner', 'admin'] },
  { name: 'Moderators', roles: ['moderator'] },
  { name: 'Members', roles: ['member'] },
  { name: 'Guests', roles: ['guest'] },
];

/** A member, or the heading above some. */
export type Line = MemberEntry | { readonly heading: string };

/** Groups members by what they may do; who answers the query, who is here first. */
export function linesOf(
  members: readonly MemberEntry[],
  query: string,
  isHere: (entry: MemberEntry) => boolean,
): Line[] {
  const begun = query.trim().toLowerCase();
  const found = members.filter(
    ({ user }) => user.displayName.toLowerCase().includes(begun) || user.name.toLowerCase().includes(begun),
  );
  return groups.flatMap(({ name, roles }) => {
    const inside = found.filter(({ role }) => roles.includes(role));
    const sorted = [...inside.filter(isHere), ...inside.filter((entry) => !isHere(entry))];
    return sorted.length === 0 ? [] : [{ heading: `${name} · ${sorted.length}` }, ...sorted];
  });
}
