import { createHash } from 'node:crypto';
import type { AuditWish, Origin } from './acts.ts';

/** An entry as it is kept, with its place in the chain of the node that wrote it. */
export interface AuditEntry extends Omit<AuditWish, 'from'>, Origin {
  /** Sorts by time: the moment, the node, its count. */
  readonly key: string;
  readonly at: number;
  readonly node: string;
  /** 1, 2, 3 … for each life of a node: a missing one is seen. */
  readonly count: number;
  /** The hash of the node's entry before; empty at its first. */
  readonly previous: string;
  readonly hash: string;
}

/** SHA-256 of everything else in the entry, in a fixed order: whoever changes one has to change all that follow. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { key, at, node, count, previous, act, actor, target, conversation, address, session, detail } = entry;
  const details = Object.entries(detail ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fields = [key, at, node, count, previous, act, actor, target, conversation, address, session];
  const told = JSON.stringify([...fields.map((field) => field ?? null), details]);
  return createHash('sha256').update(told).digest('hex');
}

/** What follows the node's last entry. */
export function chained(
  wish: AuditWish,
  node: string,
  at: number,
  last: Pick<AuditEntry, 'count' | 'hash'> | undefined,
): AuditEntry {
  const { from, ...told } = wish;
  const count = (last?.count ?? 0) + 1;
  const key = `${new Date(at).toISOString()}-${node}-${String(count).padStart(9, '0')}`;
  const entry = { key, at, node, count, previous: last?.hash ?? '', ...present({ ...told, ...from }) };
  return { ...entry, hash: hashOf(entry) };
}

/** Without what is undefined, as JSON keeps it. */
const present = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value;

/**
 * What is wrong with the entries of a log, by ascending key: one that was changed, one that is missing, in between or before
 * the first without a cut that the log tells of. What was taken off a node's end cannot be seen in them.
 */
export function* faultsOf(entries: readonly AuditEntry[]): Generator<string> {
  const last = new Map<string, AuditEntry>();
  const cuts = entries.filter(({ act }) => act === 'audit.cut').map(({ detail }) => detail ?? {});
  for (const entry of entries) {
    const { hash, ...told } = entry;
    const before = last.get(entry.node);
    if (hashOf(told) !== hash) yield `${entry.key} was changed`;
    if (before === undefined && !beginsWell(entry, cuts)) yield `before ${entry.key} something is missing`;
    if (before !== undefined && (entry.count !== before.count + 1 || entry.previous !== before.hash))
      yield `between ${before.key} and ${entry.key} something is missing or was changed`;
    last.set(entry.node, entry);
  }
}

/** At a node's first entry, right after a cut, or among what is being cut off at this moment. */
const beginsWell = (
  { node, count, previous }: AuditEntry,
  cuts: readonly NonNullable<AuditWish['detail']>[],
): boolean =>
  count === 1 ||
  cuts.some(
    (cut) =>
      cut['node'] === node &&
      (Number(cut['count']) >= count || (cut['count'] === count - 1 && cut['hash'] === previous)),
  );
