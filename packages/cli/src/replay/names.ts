/** The longest that leaves room for what makes names differ: a name has at most 32 characters. */
const maxBaseLength = 18;

/**
 * Account names of nicks: in the form the server takes, the same nick always the same name, no two nicks one name
 * (also not with other letter cases, which the server takes for the same).
 * @param taken names that are none of these
 */
export function accountNames(
  nicks: Iterable<string>,
  { suffix = '', taken = [] }: { suffix?: string; taken?: Iterable<string> } = {},
): Map<string, string> {
  const names = new Map<string, string>();
  const used = new Set(Array.from(taken, (name) => name.toLowerCase()));
  for (const nick of nicks) {
    if (names.has(nick)) continue;
    const plain = nick
      .replace(/[^a-zA-Z0-9._-]/g, '-')
      .replace(/^[^a-zA-Z0-9]+/, '')
      .slice(0, maxBaseLength);
    const base = `${plain.padEnd(2, 'x')}${suffix}`;
    let name = base;
    for (let number = 2; used.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    used.add(name.toLowerCase());
    names.set(nick, name);
  }
  return names;
}
