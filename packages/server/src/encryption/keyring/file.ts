import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LocalKeyring, type MasterKeys, masterKeyOf, newMasterKey } from './local.ts';
import { type Keyring, KeyringError } from './port.ts';

interface Written {
  readonly current: number;
  /** By version, 32 bytes each in base64url. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A keyring in a file of JSON, `{"current": 1, "keys": {"1": "…"}}`; read anew when it changed. */
export function fileKeyring(path: string): Keyring {
  const file = resolve(path);
  const name = `The keyring ${file}`;
  let known: { readonly stamp: string; readonly keys: MasterKeys } | undefined;

  const readText = async (): Promise<string> => {
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new KeyringError(
        `${name} cannot be read (${messageOf(cause)}). Make one with: parley keys init --keyring file:${path}`,
        {
          cause,
        },
      );
    }
  };
  const readWritten = async (): Promise<Written> => parse(name, await readText());
  const read = async (): Promise<MasterKeys> => {
    const { mtimeMs, size, ino } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }));
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (known?.stamp === stamp) return known.keys;
    const { current, keys } = await readWritten();
    const parsed = Object.entries(keys).map(
      ([version, key]) => [Number(version), masterKeyOf(key, `Key ${version} of ${name}`)] as const,
    );
    known = { stamp, keys: { current, keys: new Map(parsed) } };
    return known.keys;
  };
  const change = async (by: (written: Written) => Written): Promise<Written> => {
    const next = by(await readWritten());
    await write(file, next);
    return next;
  };

  return new LocalKeyring({
    name,
    read,
    async init() {
      if ((await stat(file).catch(() => undefined)) !== undefined)
        throw new KeyringError(`${file} exists already. A keyring is never written over: choose another path.`);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await write(file, { current: 1, keys: { 1: newMasterKey() } });
      return undefined;
    },
    async prepare() {
      const { keys } = await change((written) => ({
        ...written,
        keys: { ...written.keys, [newestOf(written) + 1]: newMasterKey() },
      }));
      return newestOf({ current: 0, keys });
    },
    async advance() {
      const { current } = await change((written) => {
        const newest = newestOf(written);
        return newest > written.current
          ? { ...written, current: newest }
          : { current: newest + 1, keys: { ...written.keys, [newest + 1]: newMasterKey() } };
      });
      return current;
    },
    async destroyBelow(version) {
      await change(({ current, keys }) => ({
        current,
        keys: Object.fromEntries(Object.entries(keys).filter(([one]) => Number(one) >= version)),
      }));
      return undefined;
    },
  });
}

const newestOf = ({ keys }: Written): number => Math.max(...Object.keys(keys).map(Number));

function parse(name: string, text: string): Written {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new KeyringError(`${name} is not JSON. Restore it from your copy.`, { cause });
  }
  const { current, keys } = (value ?? {}) as Partial<Written>;
  const isWhole =
    typeof current === 'number' &&
    typeof keys === 'object' &&
    Object.hasOwn(keys, current) &&
    Object.entries(keys).every(([version, key]) => /^[1-9]\d{0,7}$/.test(version) && typeof key === 'string');
  if (!isWhole)
    throw new KeyringError(`${name} is not of the form {"current": 1, "keys": {"1": "…"}}. Restore it from your copy.`);
  return { current, keys };
}

/** Whole or not at all, on the disk before it returns: a lost keyring is lost data. */
async function write(file: string, written: Written): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(written, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await chmod(draft, 0o600);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
