import { getuid } from 'node:process';
import { aptInstall } from './apt.ts';
import type { Engine, PlaceTls } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { needProgram } from './exec.ts';

export const memcached: Engine = {
  name: 'memcached',
  port: 11311,
  startWithinMs: 15_000,
  url: (port) => `memcached://127.0.0.1:${port}`,
  install: (say) => aptInstall([{ programs: ['memcached'], debian: 'memcached' }], say),
  commands: async ({ port, tls }) => [
    {
      name: 'memcached',
      file: needProgram('memcached'),
      // It will not run as root unless told whom to become; the key is for this user's eyes.
      args: [
        ...(tls === undefined ? ['-l', '127.0.0.1', '-p', String(port)] : tlsArgs(port, tls)),
        '-U',
        '0',
        '-m',
        '64',
        ...(getuid?.() === 0 ? ['-u', tls === undefined ? 'nobody' : 'root'] : []),
      ],
    },
  ],
  async probe(port) {
    const answer = await exchange(port, 'version\r\n');
    expectAnswer(answer.toString().startsWith('VERSION '), answer);
  },
};

const tlsArgs = (port: number, { port: tlsPort, cert, key, ca }: PlaceTls): string[] =>
  `-l notls:127.0.0.1:${port} -l 127.0.0.1:${tlsPort} -Z -o`
    .split(' ')
    .concat(`ssl_chain_cert=${cert},ssl_key=${key},ssl_ca_cert=${ca},ssl_verify_mode=2`);
