import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { findProgram } from './exec.ts';
import { buildFerretdb, ferretdb } from './ferretdb.ts';

/** MongoDB's protocol: `mongod` where it is installed, else FerretDB, built from its Go module. */
export const mongodb: Engine = {
  name: 'mongodb',
  port: 17018,
  startWithinMs: 30_000,
  url: (port) => `mongodb://127.0.0.1:${port}/parley`,
  async install(say) {
    if (findProgram('mongod') === undefined) await buildFerretdb(say);
  },
  async commands({ folder, port, tls }) {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const mongod = findProgram('mongod');
    if (mongod !== undefined && tls !== undefined)
      throw new Error('mongod speaks TLS on its one port only: run without it.');
    const tlsArgs = tls === undefined ? [] : [`127.0.0.1:${tls.port}`, tls.cert, tls.key, tls.ca];
    return mongod === undefined
      ? [{ name: 'ferretdb', file: ferretdb, args: [`127.0.0.1:${port}`, data, ...tlsArgs] }]
      : [
          {
            name: 'mongod',
            file: mongod,
            args: [
              '--bind_ip',
              '127.0.0.1',
              '--port',
              String(port),
              '--dbpath',
              data,
              '--wiredTigerCacheSizeGB',
              '0.25',
            ],
          },
        ];
  },
  async probe(port) {
    const answer = await exchange(port, hello());
    expectAnswer(answer.includes('maxWireVersion'), answer);
  },
};

/** OP_MSG with the document `{hello: 1, $db: 'admin'}`. */
function hello(): Buffer {
  const elements = Buffer.concat([
    Buffer.from('\x10hello\0\x01\0\0\0', 'latin1'),
    Buffer.from('\x02$db\0\x06\0\0\0admin\0', 'latin1'),
  ]);
  const document = Buffer.alloc(4 + elements.length + 1);
  document.writeInt32LE(document.length);
  elements.copy(document, 4);
  const header = Buffer.alloc(16 + 4 + 1);
  header.writeInt32LE(header.length + document.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(2013, 12);
  return Buffer.concat([header, document]);
}
