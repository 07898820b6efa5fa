import { readFile } from 'node:fs/promises';
import { ParleyError } from '@parley/protocol';
import { type Keyring, KeyringError } from './port.ts';

/** A data key is asked for when a conversation is opened: longer than this nobody waits, and it is tried again. */
const timeoutMs = 5_000;

/** `{"errors": ["…"]}`, or `{"data": {…}}`. */
interface Answer {
  readonly errors?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * A keyring in the transit engine of HashiCorp Vault, or of OpenBao: master keys never leave it. `url` is
 * `https://HOST:8200/MOUNT/KEY`; the token comes from `VAULT_TOKEN`, or from the file that `VAULT_TOKEN_FILE` names, read
 * each time, since an agent renews it there.
 */
export function vaultKeyring(url: string, env: Readonly<Record<string, string | undefined>>): Keyring {
  const { origin, pathname } = addressOf(url);
  const [key = '', ...mounts] = pathname
    .split('/')
    .filter((part) => part !== '')
    .toReversed();
  const mount = mounts.toReversed().join('/');
  if (key === '' || mount === '')
    throw new KeyringError(`vault:${url} names no key. It must be vault:https://HOST:8200/MOUNT/KEY.`);
  const name = `The key ${key} of Vault at ${origin}/${mount}`;

  const tokenOf = async (): Promise<string> => {
    const file = env['VAULT_TOKEN_FILE'];
    const token = file === undefined ? env['VAULT_TOKEN'] : await readFile(file, 'utf8').catch(() => undefined);
    if (token === undefined || token.trim() === '')
      throw new KeyringError(`${name} needs a token: set VAULT_TOKEN, or VAULT_TOKEN_FILE.`);
    return token.trim();
  };

  /** Resolves with what Vault says with 200, 204 and 400; everything else it says is an error. */
  const ask = async (path: string, body?: object): Promise<Answer> => {
    const namespace = env['VAULT_NAMESPACE'];
    const headers = {
      'x-vault-token': await tokenOf(),
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    };
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${origin}/v1/${mount}/${path}`, {
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw new ParleyError('unavailable', { message: `${name} does not answer.`, retryAfterMs: 1_000, cause });
    }
    const answer = parse(text);
    const said = (answer.errors?.join('; ') ?? '').replace(/\s+/g, ' ').trim();
    if (status === 403)
      throw new KeyringError(
        `${name} refuses this token (${said}). Grant it update on ${mount}/encrypt/${key} and ${mount}/decrypt/${key}.`,
      );
    if (status === 404 && said !== '')
      throw new KeyringError(
        `Vault at ${origin} has nothing at ${mount} (${said}). Enable it with: vault secrets enable -path=${mount} transit`,
      );
    if (status === 404)
      throw new KeyringError(`${name} does not exist. Make it with: parley keys init --keyring vault:${url}`);
    // Sealed (503), standby (472, 473), limited (429) and failing servers come round.
    if (status !== 400 && status >= 300)
      throw new ParleyError('unavailable', { message: `${name} answers ${status} (${said}).`, retryAfterMs: 1_000 });
    return status === 400 ? { errors: answer.errors ?? [`status ${status}`] } : answer;
  };

  const demand = async (path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
    const { errors, data } = await ask(path, body);
    if (errors !== undefined) throw new KeyringError(`${name} refuses ${path}: ${errors.join('; ')}.`);
    return data ?? {};
  };

  const versions = async () => {
    const { latest_version: latest, min_decryption_version: lowest } = await demand(`keys/${key}`);
    const current = Number(latest);
    const from = Math.max(1, Number(lowest));
    return { current, all: Array.from({ length: current - from + 1 }, (_, index) => from + index) };
  };

  return {
    name,
    versions,
    async wrap(plain, context) {
      const { ciphertext } = await demand(`encrypt/${key}`, {
        plaintext: plain.toString('base64'),
        associated_data: base64(context),
      });
      return String(ciphertext);
    },
    async unwrap(wrapped, context) {
      if (versionOf(wrapped) === undefined) return undefined;
      const { errors, data } = await ask(`decrypt/${key}`, { ciphertext: wrapped, associated_data: base64(context) });
      if (errors === undefined) return Buffer.from(String(data?.['plaintext']), 'base64');
      // A version that was destroyed is told from a box that does not open.
      if (errors.some((error) => /too old|version/i.test(error)))
        throw new KeyringError(`${name} no longer opens version ${versionOf(wrapped)}: ${errors.join('; ')}.`);
      return undefined;
    },
    versionOf,
    async init() {
      await demand(`keys/${key}`, { type: 'aes256-gcm96' });
      return undefined;
    },
    // Every node asks the same Vault: nothing has to be carried anywhere first.
    prepare: async () => (await versions()).current,
    async advance() {
      await demand(`keys/${key}/rotate`, {});
      return (await versions()).current;
    },
    async destroyBelow(version) {
      await demand(`keys/${key}/config`, { min_decryption_version: version, min_encryption_version: version });
      await demand(`keys/${key}/trim`, { min_available_version: version });
      return undefined;
    },
  };
}

function addressOf(url: string): URL {
  try {
    const address = new URL(url);
    if (/^https?:$/.test(address.protocol)) return address;
  } catch {
    // Said below.
  }
  throw new KeyringError(`vault:${url} is no address. It must be vault:https://HOST:8200/MOUNT/KEY.`);
}

function versionOf(wrapped: string): number | undefined {
  const version = /^vault:v([1-9]\d{0,7}):/.exec(wrapped)?.[1];
  return version === undefined ? undefined : Number(version);
}

function parse(text: string): Answer {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return { errors: ['an answer that is not JSON'] };
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
