import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { conformsToBroker } from './conformance.ts';

const maxQueued = 1_000;

conformsToBroker('memory', ({ partitions }) => {
  const engine = createMemoryBroker({ partitions, maxQueued });
  return Promise.resolve({ connect: () => Promise.resolve(engine.connect()), maxQueued });
});
