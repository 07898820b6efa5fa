import { envKeyring } from './env.ts';
import { fileKeyring } from './file.ts';
import { type Keyring, KeyringError } from './port.ts';
import { vaultKeyring } from './vault.ts';

type Env = Readonly<Record<string, string | undefined>>;

const kinds: Readonly<Record<string, (rest: string, env: Env) => Keyring>> = {
  'file:': fileKeyring,
  'env:': envKeyring,
  'vault:': vaultKeyring,
};

/** How the URL of a keyring may begin. */
export const keyringSchemes: readonly string[] = Object.keys(kinds);

/**
 * The keyring that a URL names. Nothing is read yet.
 * @throws KeyringError when the URL names none
 */
export function openKeyring(url: string, env: Env = process.env): Keyring {
  const end = url.indexOf(':') + 1;
  const kind = kinds[url.slice(0, end)];
  if (kind === undefined || end === url.length)
    throw new KeyringError(`${url} names no keyring. It must be file:PATH, env:NAME or vault:URL.`);
  return kind(url.slice(end), env);
}
