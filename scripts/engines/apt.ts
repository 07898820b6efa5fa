import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { getuid } from 'node:process';
import type { Say } from './engine.ts';
import { findProgram, run } from './exec.ts';
import { whileLocked } from './lock.ts';

/** A program and the Debian package that has it. */
export interface Wanted {
  readonly programs: readonly string[];
  readonly debian: string;
}

/**
 * Has Debian's packages installed, as root.
 * @throws Error with the command to type, when this is no Debian or not root
 */
export async function aptInstall(wanted: readonly Wanted[], say: Say): Promise<void> {
  const missing = wanted.filter(({ programs }) => findProgram(...programs) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian);
  const command = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (findProgram('apt-get') === undefined) {
    const programs = missing.map((each) => each.programs[0]).join(', ');
    throw new Error(`${programs} not found on the PATH. On Debian: sudo ${command}`);
  }
  if (getuid?.() !== 0) throw new Error(`${packages.join(', ')} not installed. Run: sudo ${command}`);
  say(`installing ${packages.join(', ')} (Debian)`);
  await whileLocked('apt', async () => {
    const restore = forbidServices();
    try {
      await install(packages).catch(async () => {
        // Package lists are absent or old on a fresh machine.
        await run('apt-get', ['update', '-q']);
        await install(packages);
      });
    } finally {
      restore();
    }
  });
}

const install = (packages: readonly string[]): Promise<string> =>
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });

/** Debian's packages start their service when installed, unless this file says no. */
function forbidServices(): () => void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
