import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { newCid, type Profile } from '@parley/protocol';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createAccounts } from './accounts/index.ts';
import { createMemoryBroker } from './broker/memory/index.ts';
import type { Broker } from './broker/port.ts';
import { createMemoryCache } from './cache/memory/index.ts';
import type { Cache } from './cache/port.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config/index.ts';
import { Gateway } from './gateway/index.ts';
import { attachWebSockets } from './gateway/websocket.ts';
import { createHttp } from './http/index.ts';
import { collectMetrics } from './metrics.ts';
import { createReads } from './reads/index.ts';
import { createStates } from './reads/states.ts';
import { Sequencer } from './sequencer/index.ts';
import type { Store } from './store/port.ts';
import { openSqliteStore } from './store/sqlite/index.ts';

/** A running node. */
export interface Node {
  readonly url: string;
  /** Drains and ends: no new work, answers out, clients told to come back. Resolves within `config.drainMs`. */
  stop(): Promise<void>;
}
