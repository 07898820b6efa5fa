import { aptInstall } from './apt.ts';
import type { Engine, PlaceTls } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { needProgram } from './exec.ts';

export const redis: Engine = {
  name: 'redis',
  port: 16379,
  startWithinMs: 15_000,
  url: (port) => `redis://127.0.0.1:${port}`,
  install: (say) => aptInstall([{ programs: ['redis-server', 'valkey-server'], debian: 'redis-server' }], say),
  commands: async ({ folder, port, tls }) => [
    {
      name: 'redis',
      file: needProgram('redis-server', 'valkey-server'),
      args: [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        // A cache: nothing on disk, the least used goes first.
        '--save',
        '',
        '--appendonly',
        'no',
        '--maxmemory',
        '64mb',
        '--maxmemory-policy',
        'allkeys-lru',
        ...(tls === undefined ? [] : tlsArgs(tls)),
      ],
    },
  ],
  async probe(port) {
    const answer = await exchange(port, 'PING\r\n');
    expectAnswer(answer.toString() === '+PONG\r\n', answer);
  },
};

const tlsArgs = ({ port, cert, key, ca }: PlaceTls): string[] =>
  `--tls-port ${port} --tls-auth-clients yes`
    .split(' ')
    .concat('--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca);
