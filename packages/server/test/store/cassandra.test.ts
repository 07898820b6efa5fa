import { describe } from 'node:test';
import { CuttingProxy } from '../../../cli/src/verify/cluster/proxy.ts';
import { silentLog } from '../../src/log.ts';
import { openCassandraStore } from '../../src/store/cassandra/index.ts';
import { engineForTest } from '../engines.ts';
import { conformsToStore } from './conformance.ts';
import { dropCassandra } from './drop.ts';

const { url, skip } = engineForTest('cassandra');
const { hostname, port } = new URL(skip === false ? url : 'cassandra://127.0.0.1:9042');
const open = (address: string) => openCassandraStore(address, { log: silentLog, startWithinMs: 5_000 });

let keyspaces = 0;
describe('Cassandra', { skip }, () => {
  conformsToStore('Cassandra', async () => {
    const keyspace = `test_${process.pid}_${++keyspaces}`;
    const proxy = new CuttingProxy(() => [{ host: hostname, port: Number(port) }]);
    const through = await proxy.listen();
    return {
      store: await open(`cassandra://127.0.0.1:${through}/${keyspace}`),
      again: () => open(`cassandra://${hostname}:${port}/${keyspace}`),
      cutConnection: () => {
        proxy.setMode({ type: 'cut' });
        proxy.setMode({ type: 'open' });
        return Promise.resolve();
      },
      close: async () => {
        await proxy.close();
        await dropCassandra(`${hostname}:${port}`, keyspace);
      },
    };
  });
});
