import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { CacheCounters } from './cache/breaker.ts';
import type { Gateway } from './gateway/index.ts';
import type { Sequencer } from './sequencer/index.ts';

/** What Prometheus reads at `/metrics`. */
export function collectMetrics(
  gateway: Gateway,
  sequencer: Sequencer,
  cache: CacheCounters,
  damagedTexts: () => number,
): Registry {
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
  // They only grow; of a cache in this process there is nothing to tell.
  gauge('parley_cache_hits_total', 'Keys the cache had.', () => cache.hits);
  gauge('parley_cache_misses_total', 'Keys the cache had not.', () => cache.misses);
  gauge('parley_cache_failures_total', 'Operations the cache refused or did not answer in time.', () => cache.failures);
  gauge('parley_cache_skipped_total', 'Operations not tried since the cache had just failed.', () => cache.skipped);
  gauge('parley_damaged_texts_total', 'Encrypted texts that were not what was written.', damagedTexts);
  return registry;
}
