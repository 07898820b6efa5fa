import { cassandra } from './cassandra.ts';
import type { Engine } from './engine.ts';
import { kafka } from './kafka.ts';
import { memcached } from './memcached.ts';
import { mongodb } from './mongodb.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { vault } from './vault.ts';

/** Every engine that can be brought up here. */
export const engines: readonly Engine[] = [kafka, rabbitmq, cassandra, mongodb, redis, memcached, vault];

/** @throws Error that lists the known ones */
export function engineNamed(name: string): Engine {
  const engine = engines.find((each) => each.name === name);
  if (engine !== undefined) return engine;
  throw new Error(`There is no engine ${name}. Known: ${engines.map((each) => each.name).join(', ')}.`);
}
