import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { findProgram, run } from './exec.ts';
import { programsFolder } from './folders.ts';

const version = '1.24.2';
const source = join(import.meta.dirname, 'ferretdb');
/** What surrounds FerretDB here is part of the name, so that a change of it is built. */
const program = join(programsFolder, `ferretdb-${version}-${digestOf(['main.go', 'index.go', 'go.mod'])}`);

/** MongoDB's protocol: `mongod` where it is installed, else FerretDB, built from its Go module. */
export const mongodb: Engine = {
  name: 'mongodb',
  port: 17018,
  startWithinMs: 30_000,
  url: (port) => `mongodb://127.0.0.1:${port}/parley`,
  async install(say) {
    if (findProgram('mongod') !== undefined || existsSync(program)) return;
    const go = findProgram('go', '/usr/local/go/bin/go');
    if (go === undefined) {
      throw new Error('needs mongod, or Go 1.24 or newer to build FerretDB; neither is on the PATH.');
    }
    say(`building FerretDB ${version} (Go; a minute or two)`);
    mkdirSync(programsFolder, { recursive: true });
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, '.'], { cwd: source });
  },
  async commands({ folder, port }) {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const mongod = findProgram('mongod');
    return mongod === undefined
      ? [{ name: 'ferretdb', file: program, args: [`127.0.0.1:${port}`, data] }]
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

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(source, file)));
  return hash.digest('hex').slice(0, 8);
}

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
