import { newCid } from '@parley/client';
import { percentile } from '../../../replay/report.ts';
import { ClosedLoop } from '../../load/closed-loop.ts';
import { inTurns } from '../../load/in-turns.ts';
import { type BenchedParley, greeting } from '../../load/parley.ts';
import { parleyHeaders } from '../../load/socket-io.ts';
import { pause, round, waitFor } from '../../measuring.ts';

const text = 'x'.repeat(200);
const loopsAtOnce = 10;
/** The median of several is not moved by what else the machine does for a moment. */
const windows = 5;

/** The frame that posts into a stream. */
export const postTo = (stream: string): string =>
  JSON.stringify({ t: 'send', stream, cid: newCid(), command: { type: 'post', text } });

/** CPU a write, in microseconds: ten senders in a closed loop, who share the tokens. */
export async function writeCost(
  parley: BenchedParley,
  tokens: readonly string[],
  rooms: readonly string[],
  seconds: number,
): Promise<number> {
  let turn = 0;
  const loops = Array.from(
    { length: loopsAtOnce },
    (_, index) =>
      new ClosedLoop({
        url: parley.server.url,
        path: '/ws',
        headers: parleyHeaders,
        greet: greeting(tokens[index % tokens.length] ?? '', []),
        window: 40,
        next: () => postTo(rooms[turn++ % rooms.length] ?? ''),
        mark: '{"t":"ack"',
      }),
  );
  await inTurns(loops, (loop) => loop.open());
  for (const loop of loops) loop.start();
  const counted = (): number => loops.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  await pause(1_500);
  const costs: number[] = [];
  for (let window = 0; window < windows; window++) {
    const before = { acknowledged: counted(), cpuSeconds: parley.server.cpuSeconds };
    await pause((seconds * 1_000) / windows);
    const writes = counted() - before.acknowledged;
    costs.push(((parley.server.cpuSeconds - before.cpuSeconds) * 1e6) / writes);
  }
  for (const loop of loops) loop.stop();
  await waitFor(() => loops.every(({ pending }) => pending === 0), 5_000);
  for (const loop of loops) loop.close();
  return round(percentile(costs, 0.5));
}
