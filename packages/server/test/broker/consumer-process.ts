/** A node as a process of its own, so that it can be killed: takes its share of the log and says which partitions it got. */
import { argv, stdout } from 'node:process';
import { openBroker } from '../../src/broker/registry.ts';
import { silentLog } from '../../src/log.ts';

const [url = '', partitions = ''] = argv.slice(2);
const broker = await openBroker(url, { partitions: Number(partitions), log: silentLog });
await broker.join({ node: 'the one that is killed', roles: ['sequencer'] });
await broker.consume(
  {
    assigned: (partition) => {
      stdout.write(`${partition}\n`);
      return Promise.resolve();
    },
    revoked: () => Promise.resolve(),
    // It takes its batches and finishes none.
    batch: () => new Promise(() => undefined),
  },
  { maxBatch: 5 },
);
