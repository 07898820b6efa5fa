/** `npm run cluster -- up [--nodes N] [--stack STACK] | down | status`: several nodes on one machine behind HAProxy. */
import { join } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { stopProcesses } from '../engines/processes.ts';
import { startBalancer } from './haproxy.ts';
import {
  balancerPort,
  clusterFolder,
  nodeFolder,
  nodePort,
  runningNodes,
  startNodeProcess,
  stopNodes,
  untilReady,
} from './nodes.ts';
import { engineFlags, isStackName, stacks, startEngines } from './stacks.ts';

const usage = `npm run cluster -- up [--nodes N] [--stack STACK] [-- SETTINGS]   engines, N nodes and HAProxy in front
npm run cluster -- down                                          ends nodes and HAProxy; engines: npm run engines -- down
npm run cluster -- status

Stacks: ${Object.keys(stacks).join(', ')}. SETTINGS are those of \`parley serve\`, for every node. Run \`up\` again with
another number of nodes to add or remove some.
`;

const say = (who: string, progress: string): void => void stdout.write(`${who.padEnd(10)} ${progress}\n`);
const balancerFolder = join(clusterFolder, 'haproxy');

async function up(count: number, stack: string, settings: readonly string[]): Promise<void> {
  if (!isStackName(stack)) throw new Error(`There is no stack ${stack}. Known: ${Object.keys(stacks).join(', ')}.`);
  await startEngines(stack, say);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const running = runningNodes();
  const fresh = numbers.filter((number) => !running.includes(number));
  for (const number of fresh) startNodeProcess(number, [...engineFlags(stack), ...settings]);
  await Promise.all(fresh.map((number) => untilReady(nodeFolder(number), 'node', nodePort(number))));
  for (const number of numbers) say(`node-${number}`, `ready  http://127.0.0.1:${nodePort(number)}`);
  const ports = numbers.map(nodePort);
  await startBalancer(balancerFolder, balancerPort, ports, (progress) => say('haproxy', progress));
  await untilReady(balancerFolder, 'haproxy', balancerPort);
  // The balancer knows of nodes that leave before they do.
  await stopNodes(running.filter((number) => !numbers.includes(number)));
  say('haproxy', `ready  http://localhost:${balancerPort}`);
}

async function down(): Promise<void> {
  await stopNodes(runningNodes());
  await stopProcesses(balancerFolder);
}

function status(): void {
  const running = runningNodes();
  for (const number of running) say(`node-${number}`, `up     http://127.0.0.1:${nodePort(number)}`);
  stdout.write(running.length === 0 ? 'No node runs.\n' : `All together: http://localhost:${balancerPort}\n`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '3' },
      stack: { type: 'string', default: 'kafka-cassandra-redis' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...settings] = positionals;
  const count = Number(values.nodes);
  if (!values.help && command === 'up' && Number.isInteger(count) && count > 0 && count <= 16)
    await up(count, values.stack, settings);
  else if (!values.help && command === 'down') await down();
  else if (!values.help && command === 'status') status();
  else {
    (values.help ? stdout : stderr).write(usage);
    return values.help ? 0 : 1;
  }
  return 0;
}

try {
  exit(await main());
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  exit(1);
}
