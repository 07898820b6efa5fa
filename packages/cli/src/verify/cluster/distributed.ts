import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { freePorts, portsPerEngine } from '../../free-ports.ts';
import type { FaultKind } from '../faults/kinds.ts';
import type { Closing } from './closing.ts';
import { EngineProcess } from './engine-process.ts';
import { Health } from './health.ts';
import { type Listener, withListeners } from './kafka-listeners.ts';
import { NodeProcess } from './node-process.ts';
import { CuttingProxy } from './proxy.ts';
import { repositoryEngines } from './repository.ts';
import { type EnginePort, enginePorts, type Stack } from './stack.ts';

export type EngineNames = Readonly<Record<EnginePort, string>>;
/** Engines that run already. */
export type EngineUrls = { readonly [Port in EnginePort]?: string | undefined };

const nodeCount = 3;
const ofNodes: readonly FaultKind[] = [
  ...(['kill', 'pause', 'restart', 'rolling', 'clock', 'full'] as const),
  ...(['cut', 'blackhole', 'slow', 'storm'] as const),
];

/** Three nodes on engines that are started for them, or on given ones, behind a proxy. */
export async function distributedStack(
  name: string,
  engineNames: EngineNames,
  folder: string,
  given: EngineUrls,
  closing: Closing,
): Promise<Stack> {
  const engines = new Map<EnginePort, EngineProcess>();
  const lines = new Map<EnginePort, CuttingProxy[]>();
  const nodes: NodeProcess[] = [];
  const urls: { port: EnginePort; urlOf: (node: number) => string }[] = [];
  for (const port of enginePorts) {
    const url = given[port];
    if (url === undefined) urls.push({ port, urlOf: await startOwn(port) });
    else urls.push({ port, urlOf: await reachGiven(port, url) });
  }
  for (let index = 0; index < nodeCount; index++) nodes.push(await makeNode(index));
  for (const node of nodes) closing.add(() => node.stop());
  // The first one makes the tables; the others need not race for it.
  await nodes[0]?.start();
  await Promise.all(nodes.slice(1).map((node) => node.start()));
  const proxy = new CuttingProxy(() => health.ready.map(({ port }) => ({ host: '127.0.0.1', port })));
  const health = new Health(nodes, ({ port }) => proxy.drop(port));
  closing.add(() => proxy.close());
  closing.add(async () => health.close());
  const url = `http://127.0.0.1:${await proxy.listen()}`;
  const possible = [...ofNodes, ...enginePorts.flatMap((port) => faultsOf(port, engines.has(port), lines.has(port)))];
  return { name, url, nodes, proxy, possible, engines, lines };

  async function makeNode(index: number): Promise<NodeProcess> {
    const data = join(folder, `node-${index + 1}`);
    mkdirSync(data, { recursive: true });
    const engineArgs = urls.flatMap(({ port, urlOf }) => [`--${port}`, urlOf(index)]);
    const args = ['--host', '127.0.0.1', '--data', data, '--registration', 'closed', ...engineArgs];
    return new NodeProcess(`node-${index + 1}`, await freePorts(1), args, folder);
  }

  async function startOwn(port: EnginePort): Promise<(node: number) => string> {
    const found = await repositoryEngines();
    const engineName = engineNames[port];
    const isKafka = engineName === 'kafka';
    const first = await freePorts(portsPerEngine + (isKafka ? nodeCount : 0));
    const listenerPort = (node: number): number => (isKafka ? first + portsPerEngine + node : first);
    const advertised = await openLines(port, (node) => ({ host: '127.0.0.1', port: listenerPort(node) }));
    const listeners: Listener[] = advertised.map((advertisedPort, node) => ({
      port: listenerPort(node),
      advertisedPort,
    }));
    const plain = found.engineNamed(engineName);
    const engine = new EngineProcess(isKafka ? withListeners(plain, listeners) : plain, found, {
      folder: join(folder, engineName),
      port: first,
    });
    engines.set(port, engine);
    closing.add(() => engine.stop());
    if (stderr.isTTY) stderr.write(`starting ${engineName} …\n`);
    await engine.start();
    return (node) => plain.url(advertised[node] ?? first);
  }

  /** A given engine that tells its clients where to connect (Kafka) cannot be reached through a line that can be cut. */
  async function reachGiven(port: EnginePort, url: string): Promise<(node: number) => string> {
    const place = /^(?!kafka)(\w+:\/\/(?:[^@/]*@)?)([\w.-]+):(\d+)((?:[/?].*)?)$/.exec(url);
    if (place === null) return () => url;
    const [, before, host = '', enginePort, after] = place;
    const opened = await openLines(port, () => ({ host, port: Number(enginePort) }));
    return (node) => `${before}127.0.0.1:${opened[node]}${after}`;
  }

  async function openLines(
    port: EnginePort,
    target: (node: number) => { readonly host: string; readonly port: number },
  ): Promise<number[]> {
    const opened = Array.from({ length: nodeCount }, (_, node) => new CuttingProxy(() => [target(node)]));
    lines.set(port, opened);
    closing.add(async () => void (await Promise.all(opened.map((line) => line.close()))));
    return Promise.all(opened.map((line) => line.listen()));
  }
}

function faultsOf(port: EnginePort, isOwn: boolean, hasLines: boolean): FaultKind[] {
  const ofProcess: FaultKind[] = port === 'cache' ? ['cache-kill', 'cache-flush'] : [`${port}-kill`, `${port}-restart`];
  const ofLine: readonly FaultKind[] = [`${port}-partition`, `${port}-cut`, `${port}-slow`];
  return [...(isOwn ? ofProcess : []), ...(hasLines ? ofLine : [])];
}
