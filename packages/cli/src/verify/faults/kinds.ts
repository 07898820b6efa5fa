export const faultKinds = [
  'kill',
  'pause',
  'restart',
  'rolling',
  'cut',
  'blackhole',
  'slow',
  'full',
  'clock',
  'storm',
  'broker',
  'store',
  'cache',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What each fault does, for `--help` and the report. */
export const faultHelp: Readonly<Record<FaultKind, string>> = {
  kill: 'kill -9 of a node, started anew after a while',
  pause: 'SIGSTOP of a node, SIGCONT later: an owner that does not know it was replaced',
  restart: 'graceful restart of a node (SIGTERM)',
  rolling: 'graceful restart of every node, one after another',
  cut: 'every connection of the clients reset, new ones refused',
  blackhole: 'bytes between clients and nodes vanish',
  slow: 'a slow network between clients and nodes',
  full: 'no space left for a node to write',
  clock: "a node's clock jumps",
  storm: 'everybody sends old commands again, as fast as they may',
  broker: 'the broker restarted',
  store: 'the store restarted',
  cache: 'the cache restarted and emptied',
};

/** Reads `all`, `none` or a list. @throws Error naming the unknown kind */
export function parseFaults(text: string, possible: readonly FaultKind[]): FaultKind[] {
  if (text === 'none') return [];
  if (text === 'all') return [...possible];
  return text.split(',').map((word) => {
    const kind = faultKinds.find((known) => known === word.trim());
    if (kind === undefined)
      throw new Error(`There is no fault '${word}'. Faults: ${faultKinds.join(', ')}; or all, none.`);
    if (!possible.includes(kind))
      throw new Error(`The fault '${kind}' is not possible on this stack. Possible: ${possible.join(', ')}.`);
    return kind;
  });
}
