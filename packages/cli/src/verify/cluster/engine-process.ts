import { connect } from 'node:net';
import type { Engine, Engines, Place } from './repository.ts';

/** An engine that runs for this stack alone. */
export class EngineProcess {
  readonly #engine: Engine;
  readonly #engines: Engines;
  readonly #place: Place;
  #outage: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, engines: Engines, place: Place) {
    this.#engine = engine;
    this.#engines = engines;
    this.#place = place;
  }

  get url(): string {
    return this.#engine.url(this.#place.port);
  }

  get port(): number {
    return this.#place.port;
  }

  /** Resolves once it answers. */
  start(): Promise<void> {
    return this.#engines.startEngine(this.#engine, this.#place);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#engines.stopEngine(this.#place, { signal });
  }

  /** Stops it; one outage at a time, so another waits. Resolves to what starts it again. */
  async down(signal: 'SIGTERM' | 'SIGKILL'): Promise<() => Promise<void>> {
    const before = this.#outage;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.#outage = over;
    await before;
    await this.stop(signal);
    return async () => {
      await this.start();
      resolve();
    };
  }

  /** Forgets everything: a cache under memory pressure at its worst. Both kinds of cache take a line of text for it. */
  async flush(): Promise<void> {
    const command = this.#engine.name === 'memcached' ? 'flush_all\r\n' : 'FLUSHALL\r\n';
    await new Promise<void>((resolve) => {
      const socket = connect(this.#place.port, '127.0.0.1', () => socket.write(command));
      socket.once('data', () => socket.destroy());
      // One that is away has forgotten everything already.
      socket.once('error', () => socket.destroy());
      socket.once('close', () => resolve());
    });
  }
}
