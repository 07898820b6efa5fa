import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { keyBytes, keyOf, lock, Nonces, systemFill, unlock } from '../box.ts';
import { type Keyring, KeyringError, type KeyringVersions } from './port.ts';

/** Master keys held in this process. */
export interface MasterKeys {
  readonly current: number;
  /** By version. */
  readonly keys: ReadonlyMap<number, KeyObject>;
}

/** Where a local keyring's keys come from and go to. */
export interface MasterSource {
  readonly name: string;
  /** Reads them anew, where that may give others than before. */
  read(): Promise<MasterKeys>;
  readonly init: Keyring['init'];
  readonly prepare: Keyring['prepare'];
  readonly advance: Keyring['advance'];
  readonly destroyBelow: Keyring['destroyBelow'];
}

/** `m2:…`: the version, then nonce, ciphertext and tag in base64url. */
const form = /^m([1-9]\d{0,7}):([A-Za-z0-9_-]+)$/;

export const newMasterKey = (): string => randomBytes(keyBytes).toString('base64url');

/** @throws KeyringError when the text is not a key of 32 bytes */
export function masterKeyOf(text: string, where: string): KeyObject {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== keyBytes || !/^[A-Za-z0-9_-]{43}=?$/.test(text))
    throw new KeyringError(`${where} is no key: 32 bytes in base64url are expected, as 'parley keys init' makes them.`);
  return keyOf(bytes);
}

/**
 * A keyring that wraps in this process, by AES-256-GCM. A key is wrapped once in its life and once a rotation, so random nonces
 * of 96 bits stay far below the 2³² that NIST SP 800-38D allows.
 */
export class LocalKeyring implements Keyring {
  readonly name: string;
  readonly init: Keyring['init'];
  readonly prepare: Keyring['prepare'];
  readonly advance: Keyring['advance'];
  readonly destroyBelow: Keyring['destroyBelow'];
  readonly #source: MasterSource;
  readonly #nonces = new Nonces(systemFill);

  constructor(source: MasterSource) {
    this.#source = source;
    this.name = source.name;
    this.init = () => source.init();
    this.prepare = () => source.prepare();
    this.advance = () => source.advance();
    this.destroyBelow = (version) => source.destroyBelow(version);
  }

  async wrap(key: Buffer, context: string): Promise<string> {
    const { current, keys } = await this.#source.read();
    const master = keys.get(current);
    if (master === undefined) throw new KeyringError(`${this.name} has no key ${current}, which it says is current.`);
    return `m${current}:${lock(master, this.#nonces.take(), context, key).toString('base64url')}`;
  }

  async unwrap(wrapped: string, context: string): Promise<Buffer | undefined> {
    const [, version, box = ''] = form.exec(wrapped) ?? [];
    if (version === undefined) return undefined;
    const { keys } = await this.#source.read();
    const master = keys.get(Number(version));
    if (master === undefined)
      throw new KeyringError(
        `${this.name} has no key ${version}, under which a data key is wrapped; it has ${[...keys.keys()].join(', ')}. Was it rotated or replaced elsewhere? Bring the newest copy here.`,
      );
    return unlock(master, context, Buffer.from(box, 'base64url'));
  }

  versionOf(wrapped: string): number | undefined {
    const version = form.exec(wrapped)?.[1];
    return version === undefined ? undefined : Number(version);
  }

  async versions(): Promise<KeyringVersions> {
    const { current, keys } = await this.#source.read();
    return { current, all: [...keys.keys()].toSorted((a, b) => a - b) };
  }
}
