import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './repository.ts';

export interface Listener {
  /** Where Kafka listens. */
  readonly port: number;
  /** Where it tells clients of this listener to connect: the proxy in front of it. */
  readonly advertisedPort: number;
}

/** Kafka tells its clients where to connect, so each node's line to it needs a listener that names that line. */
export const withListeners = (kafka: Engine, listeners: readonly Listener[]): Engine => ({
  ...kafka,
  async commands(place) {
    const commands = await kafka.commands(place);
    const path = join(place.folder, 'server.properties');
    writeFileSync(path, extended(readFileSync(path, 'utf8'), listeners));
    return commands;
  },
});

/** The settings with one listener more for each line. */
export function extended(settings: string, listeners: readonly Listener[]): string {
  const additions: Readonly<Record<string, readonly string[]>> = {
    listeners: listeners.map(({ port }, index) => `NODE${index + 1}://127.0.0.1:${port}`),
    'advertised.listeners': listeners.map(
      ({ advertisedPort }, index) => `NODE${index + 1}://127.0.0.1:${advertisedPort}`,
    ),
    'listener.security.protocol.map': listeners.map((_, index) => `NODE${index + 1}:PLAINTEXT`),
  };
  const lines = settings.split('\n').map((line) => {
    const added = additions[line.split('=', 1)[0] ?? ''];
    return added === undefined ? line : [line, ...added].join(',');
  });
  // With several listeners Kafka wants to know which one brokers use among themselves.
  return [...lines, 'inter.broker.listener.name=PLAINTEXT', ''].join('\n');
}
