import { type Cid, cidTimeMs, type StreamEvent, type StreamId, type UserId } from '@parley/protocol';
import { type Connection, numberOf, type Statement } from './connection.ts';

const hourMs = 3_600_000;
/** Partitions of a stream for commands whose ids tell no time. */
const timelessSlots = 64;

/**
 * The partition of a stream's commands that one is in: the hour its id was made in, by its maker's clock, right or wrong:
 * it is only a place to look, the same whoever asks. So a batch notes its commands in one or two writes.
 */
function slotOf(cid: Cid): number {
  const time = cidTimeMs(cid);
  if (time !== undefined) return Math.floor(time / hourMs);
  let hash = 0;
  for (let index = 0; index < cid.length; index++) hash = (Math.imul(hash, 31) + cid.charCodeAt(index)) | 0;
  return -1 - ((hash >>> 0) % timelessSlots);
}

/**
 * Notes which seq an append is about to give each command. It comes before the append: what is stored is always noted,
 * and a note of what was not stored names an event of somebody else, or none. Notes are only added, never overwritten, so
 * no clock decides which of two attempts is believed.
 */
export async function noteCommands(
  connection: Connection,
  stream: StreamId,
  events: readonly StreamEvent[],
): Promise<void> {
  const bySlot = new Map<number, Statement[]>();
  for (const { cid, actor, seq } of events) {
    const slot = slotOf(cid);
    const statement = {
      query: 'INSERT INTO command (stream, slot, cid, actor, seq) VALUES (?, ?, ?, ?, ?)',
      params: [stream, slot, cid, actor, seq],
    };
    const statements = bySlot.get(slot);
    if (statements === undefined) bySlot.set(slot, [statement]);
    else statements.push(statement);
  }
  await Promise.all(Array.from(bySlot.values(), (statements) => connection.runTogether(statements)));
}

/** The seq of the event that the command made: that of a note which the event there confirms. */
export async function findCommand(
  connection: Connection,
  stream: StreamId,
  actor: UserId,
  cid: Cid,
  eventAt: (seq: number) => Promise<StreamEvent | undefined>,
): Promise<number | undefined> {
  const notes = await connection.all(
    'SELECT seq FROM command WHERE stream = ? AND slot = ? AND cid = ? AND actor = ?',
    stream,
    slotOf(cid),
    cid,
    actor,
  );
  for (const note of notes) {
    const seq = numberOf(note['seq']) ?? 0;
    const event = await eventAt(seq);
    if (event?.actor === actor && event.cid === cid) return seq;
  }
  return undefined;
}
