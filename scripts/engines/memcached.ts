import { getuid } from 'node:process';
import { aptInstall } from './apt.ts';
import type { Engine } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { needProgram } from './exec.ts';

export const memcached: Engine = {
  name: 'memcached',
  port: 11311,
  startWithinMs: 15_000,
  url: (port) => `memcached://127.0.0.1:${port}`,
  install: (say) => aptInstall([{ programs: ['memcached'], debian: 'memcached' }], say),
  commands: async ({ port }) => [
    {
      name: 'memcached',
      file: needProgram('memcached'),
      // It will not run as root unless told whom to become.
      args: [
        '-l',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        '0',
        '-m',
        '64',
        ...(getuid?.() === 0 ? ['-u', 'nobody'] : []),
      ],
    },
  ],
  async probe(port) {
    const answer = await exchange(port, 'version\r\n');
    expectAnswer(answer.toString().startsWith('VERSION '), answer);
  },
};
