import { join, resolve } from 'node:path';

/** Everything the engines write: downloads, data, logs, process ids. */
export const enginesFolder = resolve(import.meta.dirname, '../../.engines');

/** Programs and libraries that were downloaded or built; kept by `down`. */
export const programsFolder = join(enginesFolder, 'programs');

export const placeOf = (name: string): string => join(enginesFolder, name);
