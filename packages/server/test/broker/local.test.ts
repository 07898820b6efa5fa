import { openLocalBroker } from '../../src/broker/local/index.ts';
import { localUrl } from '../../src/link.ts';
import { lend } from '../workers/lent.ts';
import { conformsToBroker } from './conformance.ts';

const maxQueued = 1_000;

conformsToBroker('local', async ({ partitions }) => {
  const lent = await lend({ partitions, maxQueued });
  return { connect: () => openLocalBroker(localUrl(lent.path)), maxQueued, close: () => lent.close() };
});
