import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, portsPerEngine } from '../../packages/cli/src/free-ports.ts';
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

/**
 * Starts the engine once, so that the JVM writes what it loaded into an archive as it ends. Once for each version. Where that fails,
 * the engine starts without one, and it is tried again the next time.
 */
export async function archiveClasses(engine: Engine, program: JavaProgram, say: Say): Promise<void> {
  const archive = archiveOf(program);
  const isThere = (): boolean => statSync(archive, { throwIfNoEntry: false }) !== undefined;
  if (isThere()) return;
  await whileLocked(`${program.name}-classes`, async () => {
    if (isThere()) return;
    say('archiving its classes, for quicker starts');
    const half = `${archive}.half`;
    const writing = [...besideAgents, `-XX:ArchiveClassesAtExit=${half}`];
    const place = {
      folder: mkdtempSync(join(tmpdir(), `parley-${program.name}-`)),
      port: await freePorts(portsPerEngine),
    };
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
    } catch (error) {
      say(`has no archive of its classes and starts slower: ${error instanceof Error ? error.message : String(error)}`);
      return;
    } finally {
      await stopEngine(place, { erase: true });
    }
    // A JVM that cannot is not asked again.
    if (statSync(half, { throwIfNoEntry: false }) === undefined) writeFileSync(half, '');
    renameSync(half, archive);
  });
}
