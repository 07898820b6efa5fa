import { describe } from 'node:test';
import { CuttingProxy } from '../../../cli/src/verify/cluster/proxy.ts';
import { silentLog } from '../../src/log.ts';
import { openMongodbStore } from '../../src/store/mongodb/index.ts';
import { engineForTest } from '../engines.ts';
import { conformsToStore } from './conformance.ts';
import { dropMongodb } from './drop.ts';

const { url, skip } = engineForTest('mongodb');
const { hostname, port } = new URL(skip === false ? url : 'mongodb://127.0.0.1:27017');
const open = (address: string) => openMongodbStore(address, { log: silentLog, startWithinMs: 5_000 });

let databases = 0;
describe('MongoDB', { skip }, () => {
  conformsToStore('MongoDB', async () => {
    const database = `test_${process.pid}_${++databases}`;
    const proxy = new CuttingProxy(() => [{ host: hostname, port: Number(port) }]);
    const through = await proxy.listen();
    return {
      store: await open(`mongodb://127.0.0.1:${through}/${database}`),
      again: () => open(`mongodb://${hostname}:${port}/${database}`),
      cutConnection: () => {
        proxy.setMode({ type: 'cut' });
        proxy.setMode({ type: 'open' });
        return Promise.resolve();
      },
      close: async () => {
        await proxy.close();
        await dropMongodb(`${hostname}:${port}`, database);
      },
    };
  });
});
