import { existsSync, globSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import type { Say } from './engine.ts';
import { findProgram, run } from './exec.ts';
import { programsFolder } from './folders.ts';
import { fetchJars } from './maven.ts';

/** The Go module of Centrifugo; the version is part of the folder's name. */
const centrifugoVersion = 'v6.9.1';

/**
 * Chat servers that `parley bench` measures beside Parley. Only installed here, by name, never with `up` alone: the bench
 * starts and stops them itself, and reports those that are not here as skipped.
 */
export const peers: Readonly<Record<string, (say: Say) => Promise<void>>> = {
  ejabberd,
  centrifugo,
  netty: (say) => fetchJars({ name: 'netty', artifacts: ['io.netty:netty-codec-http:4.2.18.Final'] }, say),
};

/** Its archive is kept in SQLite, by a driver that the package only recommends. */
async function ejabberd(say: Say): Promise<void> {
  const driver = { programs: ['p1-sqlite3-missing'], debian: 'erlang-p1-sqlite3' };
  const hasDriver = globSync('/usr/lib/erlang/lib/p1_sqlite3-*').length > 0;
  await aptInstall([{ programs: ['ejabberdctl'], debian: 'ejabberd' }, ...(hasDriver ? [] : [driver])], say);
}

async function centrifugo(say: Say): Promise<void> {
  const folder = join(programsFolder, 'centrifugo');
  if (existsSync(join(folder, 'centrifugo'))) return;
  if (findProgram('go') === undefined)
    throw new Error('go not found on the PATH. On Debian: sudo apt-get install golang');
  say(`building Centrifugo ${centrifugoVersion} (Go module proxy)`);
  const half = `${folder}.half`;
  mkdirSync(half, { recursive: true });
  // Nicely: a compiler on every core would disturb whatever else is measured or tested here.
  await run('nice', ['-n', '15', 'go', 'install', `github.com/centrifugal/centrifugo/v6@${centrifugoVersion}`], {
    env: { GOBIN: half },
  });
  renameSync(half, folder);
}
