import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { checkTree, type Finding } from './rules/import-rules.ts';
import { importsOf } from './rules/specifiers.ts';

const shown = ({ file, line, message }: Finding): string => `${file}:${line} ${message}`;

/** What the rules say of a tree of these files. */
function findings(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'parley-rules-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return checkTree(root).map(shown);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const manifest = (...names: string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) });

describe('where things live', () => {
  it('holds in this repository', () => {
    assert.deepEqual(checkTree(resolve(import.meta.dirname, '..')).map(shown), []);
  });

  it('finds what a package may not import, and names file, line and mend', () => {
    const found = findings({
      'packages/protocol/src/a.ts': "import type { Client } from '@parley/client';\n",
      'packages/client/src/a.ts': "import { x } from '@parley/protocol';\n\nexport * from '@parley/server';\n",
      'packages/web/src/a.tsx': "import { limits } from '@parley/protocol';\n",
      'packages/cli/src/a.ts': "const { x } = await import('@parley/web');\n",
      'packages/server/src/a.ts': "import '../../client/src/index.ts';\n",
      'packages/extra/src/a.ts': "import '@parley/protocol';\n",
      'packages/client/package.json': manifest('@parley/protocol'),
    });
    assert.deepEqual(found, [
      'packages/cli/src/a.ts:1 imports @parley/web: cli imports only @parley/protocol, @parley/client, @parley/server. Move the code, or take what you need through what is allowed.',
      'packages/client/src/a.ts:3 imports @parley/server: client imports only @parley/protocol. Move the code, or take what you need through what is allowed.',
      'packages/extra/src/a.ts:1 imports @parley/protocol: scripts/rules/import-rules.ts does not say what packages/extra may import. Say it there.',
      'packages/protocol/src/a.ts:1 imports @parley/client: protocol imports nothing of ours. Move the code, or take what you need through what is allowed.',
      'packages/server/src/a.ts:1 imports ../../client/src/index.ts: it lies outside of packages/server/src. Import the package that holds it by its name.',
      'packages/web/src/a.tsx:1 imports @parley/protocol: web imports only @parley/client. Move the code, or take what you need through what is allowed.',
    ]);
  });

  it('keeps stream/ pure', () => {
    const found = findings({
      'packages/server/package.json': manifest('@parley/protocol'),
      'packages/server/src/stream/decide.ts':
        "import { may } from '@parley/protocol';\nimport { refuse } from './refuse.ts';\nimport type { Clock } from '../clock.ts';\nimport { hash } from 'node:crypto';\n// Date.now() would be wrong here\nconst at = Date.now();\n",
    });
    assert.deepEqual(found, [
      'packages/server/src/stream/decide.ts:3 imports ../clock.ts: stream/ is pure and imports only @parley/protocol. Hand the value in as an argument.',
      'packages/server/src/stream/decide.ts:4 imports node:crypto: stream/ is pure and imports only @parley/protocol. Hand the value in as an argument.',
      'packages/server/src/stream/decide.ts:6 uses Date.now: stream/ is pure. Hand the value in as an argument.',
    ]);
  });

  it('lets an adapter import its port, its driver and neutral modules, and nothing else', () => {
    const found = findings({
      'packages/server/package.json': manifest('amqplib', 'redis', 'pino'),
      'packages/server/src/broker/rabbitmq/log.ts': [
        "import { connect } from 'amqplib';",
        "import { once } from 'node:events';",
        "import type { Clock } from '../../clock.ts';",
        "import type { Broker } from '../port.ts';",
        "import { spread } from '../rendezvous.ts';",
        "import { inbox } from './inbox.ts';",
        "import { createClient } from 'redis';",
        "import { pino } from 'pino';",
        "import { DatabaseSync } from 'node:sqlite';",
        "import { decide } from '../../stream/index.ts';",
        "import { MemoryLog } from '../memory/log.ts';",
      ].join('\n'),
      'packages/server/src/broker/rendezvous.ts': "import type { Gateway } from '../gateway/index.ts';\n",
      'packages/server/src/broker/nats/index.ts': "import type { Broker } from '../port.ts';\n",
    });
    assert.deepEqual(
      found.map((text) => text.replace(/: .*/s, '')),
      [
        'packages/server/src/broker/nats/index.ts:1 imports ../port.ts',
        'packages/server/src/broker/rabbitmq/log.ts:7 imports redis',
        'packages/server/src/broker/rabbitmq/log.ts:8 imports pino',
        'packages/server/src/broker/rabbitmq/log.ts:9 imports node:sqlite',
        'packages/server/src/broker/rabbitmq/log.ts:10 imports ../../stream/index.ts',
        'packages/server/src/broker/rabbitmq/log.ts:11 imports ../memory/log.ts',
        'packages/server/src/broker/rendezvous.ts:1 imports ../gateway/index.ts',
      ],
    );
  });

  it('lets nobody know an adapter but node.ts and the registries', () => {
    const found = findings({
      'packages/server/src/node.ts': "import { open } from './store/sqlite/index.ts';\n",
      'packages/server/src/store/registry.ts': "import { open } from './sqlite/index.ts';\n",
      'packages/server/src/reads/list.ts': "import { open } from '../store/sqlite/index.ts';\n",
      'packages/server/src/store/port.ts': "export type { Row } from './sqlite/index.ts';\n",
      'packages/server/src/store/move/index.ts':
        "import type { Store } from '../port.ts';\nimport { open } from '../sqlite/index.ts';\n",
    });
    assert.deepEqual(found, [
      'packages/server/src/reads/list.ts:1 imports ../store/sqlite/index.ts: only node.ts knows the adapters. Ask for what store/port.ts promises.',
      'packages/server/src/store/move/index.ts:2 imports ../sqlite/index.ts: only node.ts knows the adapters. Ask for what store/port.ts promises.',
      'packages/server/src/store/port.ts:1 imports ./sqlite/index.ts: only node.ts knows the adapters. Ask for what store/port.ts promises.',
    ]);
  });

  it('finds a dependency that package.json does not list, and a file that is too long', () => {
    const found = findings({
      'packages/server/package.json': manifest('ws'),
      'packages/server/src/a.ts': "import { WebSocket } from 'ws';\nimport { z } from 'zod/v4';\n",
      'packages/server/test/long.test.ts': 'x;\n'.repeat(401),
      'packages/server/test/right.test.ts': 'x;\n'.repeat(400),
    });
    assert.deepEqual(found, [
      'packages/server/src/a.ts:2 imports zod/v4: packages/server/package.json does not list zod. Add it to its dependencies.',
      'packages/server/test/long.test.ts:401 has 401 lines, more than 400. Split it by job.',
    ]);
  });
});

describe('importsOf', () => {
  it('sees every form of import with its line, and nothing in comments and strings', () => {
    const source = [
      "import a from 'default';",
      "import * as b from 'namespace';",
      'import c, {',
      '  type D,',
      '  e,',
      "} from 'mixed';",
      "import type { F } from 'type-only';",
      "import type G from 'default-type';",
      "import 'effect';",
      "export { h } from 'export';",
      "export type * from 'export-types';",
      "export * as i from 'export-namespace';",
      "type J = import('inline-type').J;",
      "const k = await import('dynamic');",
      "const l = require.resolve('resolved');",
      "// import m from 'commented';",
      "/* import n from 'blocked'; */",
      '`',
      "import o from 'template';",
      '`;',
      "const address = 'http://localhost'; // import('after-string')",
      'const text = "import p from \'quoted\'";',
      'export const from = 1;',
    ].join('\n');
    assert.deepEqual(
      importsOf(source).map(({ specifier, line }) => `${line} ${specifier}`),
      [
        '1 default',
        '2 namespace',
        '6 mixed',
        '7 type-only',
        '8 default-type',
        '9 effect',
        '10 export',
        '11 export-types',
        '12 export-namespace',
        '13 inline-type',
        '14 dynamic',
        '15 resolved',
      ],
    );
  });
});
