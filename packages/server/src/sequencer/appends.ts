import { type Command, limits } from '@parley/protocol';
import type { Request } from './decide-batch.ts';

/**
 * What one append may weigh, in UTF-16 units of JSON. Events and rows both carry the text, and a unit is at most 3 bytes
 * of UTF-8, so this stays below 4 MiB: a quarter of what one write may carry on the engines that bound it (Cassandra and
 * MongoDB 16 MiB), and what the smallest commit log segment in use takes.
 */
const maxWeight = 500_000;
/** Ids, times and names of fields of an event and its row. */
const frameWeight = 400;

/** Cuts the wishes of one stream into parts of which each is one append, in their order. Mostly there is one. */
export function appendsOf(requests: readonly Request[]): readonly (readonly Request[])[] {
  const parts: Request[][] = [];
  let part: Request[] = [];
  let weight = 0;
  let changed = new Set<number>();
  for (const request of requests) {
    const { command } = request.wish;
    const rows = changedBy(command).filter((seq) => !changed.has(seq));
    // How long the text of an older message is, is not known here: as long as one may be.
    const own = frameWeight + weightOf(command) + rows.length * limits.maxTextLength;
    if (part.length > 0 && weight + own > maxWeight) {
      parts.push(part);
      part = [];
      weight = 0;
      changed = new Set();
    }
    part.push(request);
    weight += own;
    for (const seq of rows) changed.add(seq);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Older messages whose rows the command writes again. */
function changedBy(command: Command): number[] {
  if ('target' in command) return [command.target];
  return command.type === 'post' && command.thread !== undefined ? [command.thread] : [];
}

function weightOf(command: Command): number {
  if ('text' in command) return command.text.length;
  return 'target' in command ? 0 : JSON.stringify(command).length;
}
