/** A keyring cannot be used. The message names it and the mend; it is for the operator, never for a member. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

/**
 * Master keys, by version. A data key is stored wrapped, that is encrypted, by a master key; `context` says which data key it
 * is, and a wrapped key opens under its own context only.
 *
 * Every method rejects with `ParleyError('unavailable')` when the keyring cannot be reached for now, and with `KeyringError`
 * when it refuses.
 */
export interface Keyring {
  /** What it is, for people: never with a key or a token. */
  readonly name: string;
  /** Wraps under the current version. */
  wrap(key: Buffer, context: string): Promise<string>;
  /** `undefined` where the wrapped key was changed, belongs to another context, or was wrapped by another keyring. */
  unwrap(wrapped: string, context: string): Promise<Buffer | undefined>;
  /** The version a wrapped key is under; `undefined` where it is of no keyring of this kind. */
  versionOf(wrapped: string): number | undefined;
  /** Looks again, since another process may have changed it. */
  versions(): Promise<KeyringVersions>;
  /**
   * Makes the keyring itself, empty before.
   * @returns what the operator has to do by hand, where the keyring cannot be written from here
   */
  init(): Promise<string | undefined>;
  /** Adds a version that can be unwrapped with, and is not current yet: for keyrings whose copies have to be carried to other machines first. */
  prepare(): Promise<number>;
  /** Makes the prepared version current, or a new one where none is prepared. */
  advance(): Promise<number>;
  /**
   * Destroys every version below this one: what is wrapped under them, in every copy of the store, can never be opened again.
   * @returns what the operator has to do by hand, where the keyring cannot be written from here
   */
  destroyBelow(version: number): Promise<string | undefined>;
}

export interface KeyringVersions {
  readonly current: number;
  /** All that can be unwrapped with, ascending. */
  readonly all: readonly number[];
}
