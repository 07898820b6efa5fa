/** A process that serves clients, on engines that the first process of the server lends. */
import cluster from 'node:cluster';
import { exit, stderr } from 'node:process';
import { ConfigError } from '../config/index.ts';
import { type Node, startNode } from '../node.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { metricsOfAll } from './metrics.ts';

let starting: Promise<Node> | undefined;
let isStopping = false;

const say = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });

async function start({ config, name, hub }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  starting = startNode(config, { process: { name, metrics: (own) => metricsOfAll(hub, own) } });
  try {
    const { url, port } = await starting;
    await say({ type: 'ready', url, port });
  } catch (error) {
    if (isStopping) return;
    const message = error instanceof Error ? (error instanceof ConfigError ? error.message : error.stack) : undefined;
    await say({ type: 'failed', message: message ?? String(error) });
    exit(1);
  }
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  try {
    await (await starting)?.stop();
  } finally {
    exit(0);
  }
}

process.on('message', (message: ToWorker) => void (message.type === 'start' ? start(message) : stop()));
// Ctrl+C and service managers signal every process of a server; one that is signalled alone drains, and is replaced.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
// Before what the cluster module does, which ends the process without a word.
process.prependListener('disconnect', () => {
  if (cluster.worker?.exitedAfterDisconnect === true || isStopping) return;
  stderr.write('parley: the first process of this server ended, and with it the store; this one ends too.\n');
  exit(1);
});
