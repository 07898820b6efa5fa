/**
 * `node --conditions=source scripts/cluster/replay.ts --stack STACK FILE`: replays recorded chat against three nodes behind
 * HAProxy that share nothing with other clusters but the engines; with --fault, kills one node in the middle and adds another.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { execPath, exit, pid, stderr, stdout } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type EngineRoom, roomIn } from '../../packages/server/test/engine-rooms.ts';
import { engineUrl } from '../../packages/server/test/engines.ts';
import { stopProcesses } from '../engines/processes.ts';
import { startBalancer } from './haproxy.ts';
import { runningNodes, startNodeProcess, stopNodes, untilReady } from './nodes.ts';
import { balancerFolder, nodeFolder, nodePort, type Place, placeAt } from './place.ts';
import { isStackName, type StackName, stacks, startEngines } from './stacks.ts';

const parley = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');
/** Nodes at the beginning, and with the one that comes later. HAProxy knows of all. */
const first = [1, 2, 3];
const all = [1, 2, 3, 4];
const say = (who: string, what: string): void => void stderr.write(`${who.padEnd(10)} ${what}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stack: { type: 'string', default: 'kafka-cassandra-redis' },
    port: { type: 'string', default: '13100' },
    limit: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '200' },
    /** Seconds after which the replay gives up: slow machines and servers for tests take their time. */
    timeout: { type: 'string', default: '3600' },
    /** Seconds into the replay at which a node is killed; the fourth one comes as long after that. */
    fault: { type: 'string' },
  },
});

async function main(file: string, stack: StackName): Promise<number> {
  await startEngines(stack, say);
  const place = placeAt(Number(values.port));
  const engines = roomsOf(stack, `replay_${pid}`);
  const flags = [...Object.entries(engines).flatMap(([port, { url }]) => [`--${port}`, url]), '--log-level', 'warn'];
  try {
    for (const number of first) startNodeProcess(place, number, flags);
    await Promise.all(first.map((number) => untilReady(nodeFolder(place, number), 'node', nodePort(place, number))));
    const ports = all.map((number) => nodePort(place, number));
    await startBalancer(balancerFolder(place), place.port, ports, (progress) => say('haproxy', progress));
    await untilReady(balancerFolder(place), 'haproxy', place.port);
    const replaying = replay(place, file);
    const faults =
      values.fault === undefined ? Promise.resolve() : killAndAdd(place, flags, Number(values.fault) * 1_000);
    const [code] = await Promise.all([replaying, faults]);
    return code;
  } finally {
    await stopNodes(place, runningNodes(place));
    await stopProcesses(balancerFolder(place));
    // Where a start failed there is little to erase, and that is not what failed.
    const erasing = await Promise.allSettled(Object.values(engines).map((room) => room.erase()));
    for (const erased of erasing) if (erased.status === 'rejected') say('erasing', String(erased.reason));
  }
}

function roomsOf(stack: StackName, name: string): Readonly<Record<string, EngineRoom>> {
  const rooms = Object.entries(stacks[stack]).map(([port, engine]) => {
    return [port, roomIn(engine, engineUrl(engine) ?? '', name)] as const;
  });
  return Object.fromEntries(rooms);
}

/** The exit code of `parley replay`, which says itself what came out. */
function replay(place: Place, file: string): Promise<number> {
  const { limit, connections, timeout } = values;
  const options = [
    '--limit',
    limit,
    '--connections',
    connections,
    '--timeout',
    timeout,
    '--as',
    'owner:a long enough password',
    '--json',
  ];
  const args = ['--conditions=source', parley, 'replay', file, '--url', `http://localhost:${place.port}`, ...options];
  const child = spawn(execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((done) => child.on('exit', (code) => done(code ?? 1)));
}

async function killAndAdd(place: Place, flags: readonly string[], afterMs: number): Promise<void> {
  await pause(afterMs);
  await stopNodes(place, [2], 'SIGKILL');
  say('node-2', 'killed');
  await pause(afterMs);
  startNodeProcess(place, 4, flags);
  await untilReady(nodeFolder(place, 4), 'node', nodePort(place, 4));
  say('node-4', 'joined');
}

const [file] = positionals;
if (file === undefined || !isStackName(values.stack)) {
  stdout.write(`replay.ts [--stack ${Object.keys(stacks).join(' | ')}] [--fault SECONDS] [--limit N] FILE\n`);
  exit(1);
}
exit(await main(file, values.stack));
