/** `npm run cluster -- up [--nodes N] [--stack STACK] | down | status`: several nodes on one machine behind HAProxy. */
import { exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { stopProcesses } from '../engines/processes.ts';
import { runningNodes, stopNodes } from './nodes.ts';
import { balancerFolder, defaultPort, nodePort, type Place, placeAt } from './place.ts';
import { engineFlags, isStackName, stacks, startEngines } from './stacks.ts';
import { setNodes } from './up.ts';

const usage = `npm run cluster -- up [--nodes N] [--stack STACK] [-- SETTINGS]   engines, N nodes and HAProxy in front
npm run cluster -- down                                          ends nodes and HAProxy; engines: npm run engines -- down
npm run cluster -- status

Stacks: ${Object.keys(stacks).join(', ')}. SETTINGS are those of \`parley serve\`, for every node. Run \`up\` again with
another number of nodes to add or remove some. --port N puts a cluster beside others: HAProxy there, nodes right above.
`;

const say = (who: string, progress: string): void => void stdout.write(`${who.padEnd(10)} ${progress}\n`);

async function up(place: Place, count: number, stack: string, settings: readonly string[]): Promise<void> {
  if (!isStackName(stack)) throw new Error(`There is no stack ${stack}. Known: ${Object.keys(stacks).join(', ')}.`);
  await startEngines(stack, say);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await setNodes(place, numbers, [...engineFlags(stack), ...settings], say);
}

async function down(place: Place): Promise<void> {
  await stopNodes(place, runningNodes(place));
  await stopProcesses(balancerFolder(place));
}

function status(place: Place): void {
  const running = runningNodes(place);
  for (const number of running) say(`node-${number}`, `up     http://127.0.0.1:${nodePort(place, number)}`);
  stdout.write(running.length === 0 ? 'No node runs.\n' : `All together: http://localhost:${place.port}\n`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '3' },
      stack: { type: 'string', default: 'kafka-cassandra-redis' },
      port: { type: 'string', default: String(defaultPort) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...settings] = positionals;
  const count = Number(values.nodes);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) throw new Error(`--port ${values.port} is no port.`);
  const place = placeAt(port);
  if (!values.help && command === 'up' && Number.isInteger(count) && count > 0 && count <= 16)
    await up(place, count, values.stack, settings);
  else if (!values.help && command === 'down') await down(place);
  else if (!values.help && command === 'status') status(place);
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
