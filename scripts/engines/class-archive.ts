import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, Say } from './engine.ts';
import { startEngine, stopEngine } from './lifecycle.ts';
import { whileLocked } from './lock.ts';
import { type JavaProgram, jarsOf } from './maven.ts';

const archiveOf = (program: JavaProgram): string => `${jarsOf(program)}.jsa`;

/** Cassandra has an agent, beside which the JVM archives nothing unless it is told that this is all right. */
const besideAgents = ['-XX:+UnlockDiagnosticVMOptions', '-XX:+AllowArchivingWithJavaAgent'];

/**
 * Options for engines that start often beside others on few cores: the first compiler only, whose code is a little slower
 * and there at once, and classes out of an archive, where there is one. Measured: half the processor time of a start.
 */
export function quickStart(program: JavaProgram): string[] {
  const size = statSync(archiveOf(program), { throwIfNoEntry: false })?.size ?? 0;
  const archive = size === 0 ? [] : [...besideAgents, `-XX:SharedArchiveFile=${archiveOf(program)}`];
  return ['-XX:TieredStopAtLevel=1', ...archive];
}

/** Starts the engine once, so that the JVM writes what it loaded into an archive as it ends. Once for each version. */
export async function archiveClasses(engine: Engine, program: JavaProgram, say: Say): Promise<void> {
  const archive = archiveOf(program);
  const isThere = (): boolean => statSync(archive, { throwIfNoEntry: false }) !== undefined;
  if (isThere()) return;
  await whileLocked(`${program.name}-classes`, async () => {
    if (isThere()) return;
    say('archiving its classes, for quicker starts');
    const half = `${archive}.half`;
    const writing = [...besideAgents, `-XX:ArchiveClassesAtExit=${half}`];
    const place = { folder: mkdtempSync(join(tmpdir(), `parley-${program.name}-`)), port: await freePort() };
    rmSync(half, { force: true });
    try {
      await startEngine(
        {
          ...engine,
          install: async () => undefined,
          commands: async (at) =>
            (await engine.commands(at)).map((command) => ({ ...command, args: [...writing, ...command.args] })),
        },
        place,
      );
    } finally {
      await stopEngine(place, { erase: true });
    }
    // A JVM that cannot is not asked again.
    if (statSync(half, { throwIfNoEntry: false }) === undefined) writeFileSync(half, '');
    renameSync(half, archive);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port of the loopback.');
  return address.port;
}
