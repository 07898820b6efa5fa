import { startBalancer } from './haproxy.ts';
import { runningNodes, startNodeProcess, stopNodes, untilReady } from './nodes.ts';
import { balancerFolder, nodeFolder, nodePort, type Place } from './place.ts';

/** Has exactly these nodes running behind HAProxy: starts those that are missing, ends the others. Resolves when all are ready. */
export async function setNodes(
  place: Place,
  numbers: readonly number[],
  flags: readonly string[],
  say: (who: string, progress: string) => void,
): Promise<void> {
  const running = runningNodes(place);
  const fresh = numbers.filter((number) => !running.includes(number));
  for (const number of fresh) startNodeProcess(place, number, flags);
  await Promise.all(fresh.map((number) => untilReady(nodeFolder(place, number), 'node', nodePort(place, number))));
  for (const number of numbers) say(`node-${number}`, `ready  http://127.0.0.1:${nodePort(place, number)}`);
  const ports = numbers.map((number) => nodePort(place, number));
  await startBalancer(balancerFolder(place), place.port, ports, (progress) => say('haproxy', progress));
  await untilReady(balancerFolder(place), 'haproxy', place.port);
  // The balancer knows of nodes that leave before they do.
  await stopNodes(
    place,
    running.filter((number) => !numbers.includes(number)),
  );
  say('haproxy', `ready  http://localhost:${place.port}`);
}
