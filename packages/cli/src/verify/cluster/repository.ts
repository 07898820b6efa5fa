import { existsSync } from 'node:fs';

/** What `scripts/engines` of the repository offers. It is no part of the published package, so it is found, not imported. */
export interface Engine {
  readonly name: string;
  url(port: number): string;
  commands(place: Place): Promise<readonly unknown[]>;
}

export interface Place {
  readonly folder: string;
  readonly port: number;
}

export interface Engines {
  engineNamed(name: string): Engine;
  startEngine(engine: Engine, place: Place, say?: (progress: string) => void): Promise<void>;
  stopEngine(place: Place, options?: { readonly signal?: 'SIGTERM' | 'SIGKILL' }): Promise<boolean>;
}

const folder = new URL('../../../../../scripts/engines/', import.meta.url);

/** @throws Error that says what to do, where this is not the repository */
export async function repositoryEngines(): Promise<Engines> {
  if (!existsSync(new URL('lifecycle.ts', folder)))
    throw new Error(
      'Engines can only be started, and killed, from the repository. Name running ones with --broker URL --store URL --cache URL; they suffer no faults then, but the nodes and their clients do.',
    );
  const [{ engineNamed }, { startEngine, stopEngine }] = (await Promise.all(
    ['engines.ts', 'lifecycle.ts'].map((file) => import(new URL(file, folder).href)),
  )) as [Pick<Engines, 'engineNamed'>, Pick<Engines, 'startEngine' | 'stopEngine'>];
  return { engineNamed, startEngine, stopEngine };
}
