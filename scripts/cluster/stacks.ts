import { engineNamed } from '../engines/engines.ts';
import { sharedPlace, startEngine } from '../engines/lifecycle.ts';

/** The engines of each stack that can be started here. */
export const stacks = {
  'kafka-cassandra-redis': { broker: 'kafka', store: 'cassandra', cache: 'redis' },
  'rabbitmq-mongodb-memcached': { broker: 'rabbitmq', store: 'mongodb', cache: 'memcached' },
} as const;

export type StackName = keyof typeof stacks;

export const isStackName = (name: string): name is StackName => Object.hasOwn(stacks, name);

/** What a node of the stack is started with. */
export function engineFlags(name: StackName): readonly string[] {
  return Object.entries(stacks[name]).flatMap(([port, named]) => {
    const engine = engineNamed(named);
    return [`--${port}`, engine.url(engine.port)];
  });
}

/** Starts the stack's engines where they do not run yet; resolves when all answer. */
export async function startEngines(name: StackName, say: (engine: string, progress: string) => void): Promise<void> {
  const chosen = Object.values(stacks[name]).map(engineNamed);
  // Installing uses both cores and one package manager, so one after the other; starting is mostly waiting.
  for (const engine of chosen) await engine.install((progress) => say(engine.name, progress));
  await Promise.all(
    chosen.map((engine) => startEngine(engine, sharedPlace(engine), (progress) => say(engine.name, progress))),
  );
}
