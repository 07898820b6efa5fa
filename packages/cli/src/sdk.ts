import type { createClient } from '@parley/client';

/** A client with its REST methods, as `createClient` makes it. */
export type Sdk = ReturnType<typeof createClient>;
export type Rest = Sdk['rest'];
