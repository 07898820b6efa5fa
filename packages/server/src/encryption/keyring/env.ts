import { LocalKeyring, type MasterKeys, masterKeyOf, newMasterKey } from './local.ts';
import { type Keyring, KeyringError } from './port.ts';

/**
 * A keyring in an environment variable, `1:KEY,2:KEY`: the last one is current. It cannot be written from here: what would
 * change it says what to set instead.
 */
export function envKeyring(variable: string, env: Readonly<Record<string, string | undefined>>): Keyring {
  const name = `The keyring in ${variable}`;
  const read = async (): Promise<MasterKeys> => {
    const entries = (env[variable] ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => /^([1-9]\d{0,7}):(.+)$/.exec(part) ?? []);
    if (entries.length === 0)
      throw new KeyringError(`${variable} is empty. Make a key with: parley keys init --keyring env:${variable}`);
    const keys = entries.map(([, version, key]) => {
      if (version === undefined || key === undefined)
        throw new KeyringError(`${variable} is not of the form 1:KEY,2:KEY.`);
      return [Number(version), masterKeyOf(key, `Key ${version} of ${variable}`)] as const;
    });
    return { current: keys.at(-1)?.[0] ?? 0, keys: new Map(keys) };
  };
  const byHand = async (): Promise<never> => {
    const { keys } = await read();
    const next = Math.max(...keys.keys()) + 1;
    throw new KeyringError(
      `An environment variable cannot be changed from here. On every node, first set ${variable} to ${next}:${newMasterKey()} and the keys it has, in this order, and restart; then move ${next} to the end and restart; then run: parley keys rotate --rewrap`,
    );
  };
  return new LocalKeyring({
    name,
    read,
    init: () => Promise.resolve(`Set ${variable}=1:${newMasterKey()} for every node, and keep a copy elsewhere.`),
    prepare: byHand,
    advance: byHand,
    async destroyBelow(version) {
      const old = [...(await read()).keys.keys()].filter((one) => one < version);
      return old.length === 0
        ? undefined
        : `Take ${old.join(', ')} out of ${variable} on every node, out of every copy of it, and restart the nodes: until then the old keys still open old backups.`;
    },
  });
}
