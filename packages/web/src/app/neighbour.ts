/** The entry before (-1) or after (1) the current one, around the ends; the first or last where there is no current one. */
export function neighbour<Id>(ids: readonly Id[], current: Id | undefined, step: 1 | -1): Id | undefined {
  const at = current === undefined ? -1 : ids.indexOf(current);
  if (at === -1) return step === 1 ? ids[0] : ids.at(-1);
  return ids[(at + step + ids.length) % ids.length];
}
