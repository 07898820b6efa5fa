import { AggregatorRegistry, type Registry } from 'prom-client';
import { Link } from '../link.ts';

/** The metrics of one process. */
export type MetricsAsJson = Pick<Registry, 'getMetricsAsJSON'>;

/** A process that does not answer by then is left out: the others are wanted now. */
const patienceMs = 2_000;

/** What all processes of a server measure, each value labelled with its process, as Prometheus reads it. */
export async function gathered(own: MetricsAsJson, others: Iterable<Link>): Promise<string> {
  const asked = Array.from(others, (link) => within(link.request('metrics', [])));
  const [mine, ...theirs] = await Promise.all([own.getMetricsAsJSON(), ...asked]);
  return AggregatorRegistry.aggregate(
    [mine, ...theirs].filter((metrics) => metrics !== undefined) as object[],
  ).metrics();
}

/** For a process that serves: what `/metrics` tells is what all of them measure, whichever is asked. */
export async function metricsOfAll(path: string, own: Registry): Promise<Pick<Registry, 'contentType' | 'metrics'>> {
  const link = await Link.connect(path, { handle: () => own.getMetricsAsJSON(), closed: () => undefined });
  await link.request('open', ['metrics', process.pid]);
  return { contentType: own.contentType, metrics: async () => String(await link.request('metrics', [])) };
}

async function within(answer: Promise<unknown>): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patienceMs);
  try {
    return await Promise.race([answer.catch(() => undefined), promise]);
  } finally {
    clearTimeout(timer);
  }
}
