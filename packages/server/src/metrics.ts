import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Gateway } from './gateway/index.ts';
import type { Sequencer } from './sequencer/index.ts';

/** What Prometheus reads at `/metrics`. */
export function collectMetrics(gateway: Gateway, sequencer: Sequencer): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  };
  gauge('parley_sockets', 'Open WebSockets.', () => gateway.sessions);
  gauge('parley_watched_streams', 'Streams this node watches.', () => gateway.watchedStreams);
  gauge('parley_pending_requests', 'Commands waiting for their answer.', () => gateway.pendingRequests);
  gauge('parley_owned_partitions', 'Partitions this node owns.', () => sequencer.ownedPartitions);
  return registry;
}
