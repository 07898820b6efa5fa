/** What each kind of fault does, for `--help` and the report. */
export const faultHelp = {
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
  'broker-kill': 'kill -9 of the broker, started anew after a while',
  'broker-restart': 'graceful restart of the broker',
  'broker-partition': 'bytes between a node and the broker vanish',
  'broker-cut': 'every connection between a node and the broker reset, new ones refused',
  'broker-slow': 'a slow network between all nodes and the broker',
  'store-kill': 'kill -9 of the store, started anew after a while',
  'store-restart': 'graceful restart of the store',
  'store-partition': 'bytes between a node and the store vanish',
  'store-cut': 'every connection between a node and the store reset, new ones refused',
  'store-slow': 'a slow network between all nodes and the store',
  'cache-kill': 'kill -9 of the cache, which comes back empty',
  'cache-flush': 'the cache forgets everything',
  'cache-partition': 'bytes between a node and the cache vanish',
  'cache-cut': 'every connection between a node and the cache reset, new ones refused',
  'cache-slow': 'a slow network between all nodes and the cache',
} as const;

export type FaultKind = keyof typeof faultHelp;
export const faultKinds = Object.keys(faultHelp) as FaultKind[];

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
