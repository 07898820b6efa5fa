/** `@parley/client`: the SDK for browsers and Node. */
import type { ClientOptions } from './api.ts';
import { ParleyClient } from './client.ts';

export * from '@parley/protocol';
export type * from './api.ts';
export { ParleyClient } from './client.ts';
export { indexedDbOutbox } from './outbox/indexed-db.ts';
export { memoryOutbox } from './outbox/memory.ts';
export type { Outbox, OutboxEntry } from './outbox/port.ts';
export type { Platform, Timer } from './platform.ts';
export { type PageOptions, Rest } from './rest.ts';

/**
 * Makes a client; `connect()` starts it.
 * @example
 * const client = createClient({ url: 'http://localhost:3000', token });
 * await client.connect();
 * const { seq } = await client.send(stream, { type: 'post', text: 'Hello' });
 */
export const createClient = (options: ClientOptions): ParleyClient => new ParleyClient(options);
