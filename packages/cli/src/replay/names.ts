/** Account names of nicks: in the form the server takes, the same nick always the same name, no two nicks one name. */
export function accountNames(nicks: Iterable<string>): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const nick of nicks) {
    if (names.has(nick)) continue;
    const base = nick
      .replace(/[^a-zA-Z0-9._-]/g, '-')
      .replace(/^[^a-zA-Z0-9]+/, '')
      .slice(0, 26)
      .padEnd(2, 'x');
    let name = base;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    taken.add(name.toLowerCase());
    names.set(nick, name);
  }
  return names;
}
