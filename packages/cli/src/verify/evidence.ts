import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { History } from './history.ts';

/**
 * Writes the history of a run that failed, a line of JSON for each thing that was sent, seen, stored, tried or read: a
 * long run's would not fit into one string.
 */
export const writeHistory = (path: string, history: History): Promise<void> =>
  pipeline(Readable.from(linesOf(history)), createWriteStream(path));

function* linesOf({ sent, spans, stored, forbidden, reads }: History): Generator<string> {
  const line = (kind: string, what: unknown): string => `${JSON.stringify({ kind, what })}\n`;
  for (const each of sent.values()) yield line('sent', each);
  for (const each of spans) yield line('seen', each);
  for (const [stream, events] of stored) for (const event of events) yield line('stored', { stream, event });
  for (const each of forbidden) yield line('forbidden', each);
  for (const each of reads) yield line('read', each);
}
