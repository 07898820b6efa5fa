/**
 * The cache port. Losing everything in it loses no data and no correctness, only speed: an adapter answers a failing or
 * slow engine as a miss, and never rejects.
 */
export interface Cache {
  get(key: string): Promise<Uint8Array | undefined>;
  /** In the order of the keys; `undefined` for a miss. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Extends the life of a key; false when it is not there. */
  touch(key: string, ttlMs: number): Promise<boolean>;
  close(): Promise<void>;
}
