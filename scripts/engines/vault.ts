import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { build, type GoProgram, pathOf, replaceIn } from './go-program.ts';

/** The token that may do everything there: the server is one for tests, keeps its keys in memory and listens to this machine only. */
export const vaultToken = 'parley';

const restore = 'restoredKeyName, err := ';
const restored = `${restore}keyName, `;
const activated =
  'ActivationFunc: func(ctx context.Context, req *logical.Request, _ string) error { return iStore.activateDeduplication(ctx, req) },';
const unnamed = 'Func(ctx, nil, "")';

/**
 * HashiCorp Vault's core and HTTP side with its transit engine, from its Go module. Vault is built with a version of its own
 * `sdk` that was never published; the one nearest to it differs in three places, none of which has to do with encryption.
 */
const program: GoProgram = {
  name: 'vault',
  version: '1.21.4',
  module: 'github.com/hashicorp/vault',
  copy: 'vault',
  source: join(import.meta.dirname, 'vault'),
  files: ['main.go', 'go.mod', 'go.sum'],
  further: [],
  // With a C compiler it would build SQLite and more for parts that are not wanted.
  env: { CGO_ENABLED: '0' },
  texts: [restored, activated, unnamed],
  change(copy) {
    replaceIn(join(copy, 'builtin/logical/transit/path_restore.go'), restore, restored);
    replaceIn(join(copy, 'vault/identity_store.go'), 'ActivationFunc: iStore.activateDeduplication,', activated);
    replaceIn(join(copy, 'vault/logical_system_activation_flags.go'), 'Func(ctx, nil)', unnamed);
  },
};

/** The key management server of `--keyring vault:…`. */
export const vault: Engine = {
  name: 'vault',
  port: 18200,
  startWithinMs: 30_000,
  isOnlyByName: true,
  url: (port) => `vault:http://127.0.0.1:${port}/transit/parley`,
  install: (say) => build(program, say, { takes: 'ten minutes and 2 GB of downloads', instead: '' }),
  commands: async ({ port }) => [{ name: 'vault', file: pathOf(program), args: [`127.0.0.1:${port}`, vaultToken] }],
  async probe(port) {
    const answer = await exchange(port, 'GET /v1/sys/health HTTP/1.0\r\n\r\n');
    expectAnswer(answer.toString().startsWith('HTTP/1.0 200'), answer);
  },
};
