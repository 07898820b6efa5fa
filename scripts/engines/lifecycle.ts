import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine, Place, Say } from './engine.ts';
import { placeOf } from './folders.ts';
import { whileLocked } from './lock.ts';
import { isAlive, readRunning, startProcesses, stopProcesses } from './processes.ts';

/** The instance that everybody shares: `npm run engines -- up NAME`. */
export const sharedPlace = (engine: Engine): Place => ({ folder: placeOf(engine.name), port: engine.port });

/**
 * Brings an engine up and waits until it answers; returns at once when it already does.
 * @throws Error with the last lines of its log when it ends or does not answer in time
 */
export async function startEngine(
  engine: Engine,
  place: Place = sharedPlace(engine),
  say: Say = silent,
): Promise<void> {
  await engine.install(say);
  await whileLocked(`${engine.name}-${place.port}`, async () => {
    if (!isRunning(place)) {
      await stopProcesses(place.folder);
      await refuseTakenPort(engine, place);
      say('starting');
      mkdirSync(place.folder, { recursive: true });
      startProcesses(place.folder, place.port, await engine.commands(place));
    }
    await untilHealthy(engine, place);
  });
}

/** Ends an engine that was started in this place; false when none was. Its data stays unless it is erased. */
export async function stopEngine(
  place: Place,
  { signal, erase = false }: { signal?: 'SIGTERM' | 'SIGKILL'; erase?: boolean } = {},
): Promise<boolean> {
  const wasRunning = await stopProcesses(place.folder, signal);
  if (erase) rmSync(place.folder, { recursive: true, force: true, maxRetries: 3 });
  return wasRunning;
}

/** Whether all processes started in this place live. */
export function isRunning({ folder }: Place): boolean {
  const running = readRunning(folder);
  return running !== undefined && running.processes.length > 0 && running.processes.every(isAlive);
}

const silent: Say = () => undefined;

async function untilHealthy(engine: Engine, place: Place): Promise<void> {
  const giveUpAt = Date.now() + engine.startWithinMs;
  for (;;) {
    const failure = await engine.probe(place.port).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (!isRunning(place)) throw new Error(`${engine.name} ended while starting.\n${lastLines(place)}`);
    if (Date.now() > giveUpAt) {
      const waited = `${engine.startWithinMs / 1_000} s`;
      const cause = failure instanceof Error ? failure.message : String(failure);
      throw new Error(
        `${engine.name} does not answer on port ${place.port} after ${waited} (${cause}).\n${lastLines(place)}`,
      );
    }
    await pause(200);
  }
}

async function refuseTakenPort(engine: Engine, { port }: Place): Promise<void> {
  const isTaken = await engine.probe(port).then(
    () => true,
    () => false,
  );
  if (isTaken)
    throw new Error(`Another ${engine.name}, not started from this folder, answers on port ${port}. Stop it first.`);
}

function lastLines({ folder }: Place): string {
  const last = readRunning(folder)?.processes.at(-1);
  if (last === undefined) return '';
  const path = join(folder, `${last.name}.log`);
  try {
    return `${path}:\n${readFileSync(path, 'utf8').trimEnd().split('\n').slice(-12).join('\n')}`;
  } catch {
    return '';
  }
}
