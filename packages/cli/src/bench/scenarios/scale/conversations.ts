import { join } from 'node:path';
import { newCid, newConversationId } from '@parley/protocol';
import { openStore } from '@parley/server';
import { inTurns } from '../../load/in-turns.ts';
import { BenchedParley, type Person } from '../../load/parley.ts';
import { silent } from '../../measuring.ts';
import { writeCost } from './writes.ts';

/** CPU a write in turn to so many conversations, in microseconds. */
export async function conversationFigures(conversations: number, seconds: number): Promise<number> {
  const parley = await BenchedParley.start();
  const [writer] = await parley.people(1);
  if (writer === undefined) throw new Error('the server made no account');
  let rooms: readonly string[] = [];
  await parley.whileStopped(async (folder) => {
    rooms = await fill(folder, conversations, writer);
  });
  const cost = await writeCost(parley, [writer.token], rooms, seconds);
  await parley.stop();
  return cost;
}

/** Straight through the store's port: a hundred thousand through the server would take minutes. */
async function fill(folder: string, conversations: number, { id: user }: Person): Promise<readonly string[]> {
  const store = await openStore(`sqlite:${join(folder, 'parley.db')}`, { log: silent });
  const ids = Array.from({ length: conversations }, () => newConversationId());
  await inTurns(
    ids,
    async (stream) => {
      await store.append({
        stream,
        expectedHead: 0,
        events: [
          {
            seq: 1,
            at: Date.now(),
            actor: user,
            cid: newCid(),
            type: 'created',
            kind: 'channel',
            name: stream,
            topic: '',
            members: [{ user, role: 'owner' }],
          },
        ],
        messages: [],
      });
    },
    1_000,
  );
  await store.close();
  return ids;
}
