import { engines } from './engines.ts';
import { isRunning, sharedPlace } from './lifecycle.ts';

/** An engine as `npm run engines -- status` shows it. */
export interface EngineStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** What to give Parley. */
  readonly url: string;
  /** Data and logs. */
  readonly folder: string;
}

/** The shared instance of every engine. */
export function engineStatuses(): readonly EngineStatus[] {
  return engines.map((engine) => {
    const place = sharedPlace(engine);
    return { name: engine.name, isRunning: isRunning(place), url: engine.url(place.port), folder: place.folder };
  });
}
