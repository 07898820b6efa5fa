import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { isStreamId } from '@parley/protocol';
import {
  type Config,
  KeyOperations,
  type Keyring,
  loadConfig,
  noteByHand,
  openDocuments,
  openKeyring,
} from '@parley/server';
import { consoleLog } from '../migrate/console-log.ts';
import { numberOf, parseOptions, UsageError } from '../options.ts';
import { eraseAll, rotate, type Told } from './rotate.ts';

export { keysHelp } from './help.ts';

const settings = {
  keyring: { type: 'string' },
  store: { type: 'string' },
  data: { type: 'string' },
  config: { type: 'string' },
  prepare: { type: 'boolean', default: false },
  rewrap: { type: 'boolean', default: false },
  'destroy-old': { type: 'boolean', default: false },
  'keep-master': { type: 'boolean', default: false },
  wait: { type: 'string', default: '10000' },
} as const;

const say = (line: string): void => void stdout.write(`${line}\n`);

/** What an operator does with keys. Resolves to the exit code; rejects with an Error fit for an operator. */
export async function keys(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('keys', argv, settings);
  const [what, ...words] = positionals;
  const config = configOf(values);
  if (config.keyring === undefined)
    throw new UsageError("keys takes --keyring URL, or PARLEY_KEYRING. See 'parley keys --help'.");
  const keyring = openKeyring(config.keyring);
  const waitMs = numberOf('--wait', values.wait);
  switch (what) {
    case 'init':
      return init(keyring);
    case 'list':
      return withOperations(config, keyring, (operations) => list(keyring, operations, oneId('list', words)));
    case 'rotate':
      return withOperations(config, keyring, (operations, note) =>
        rotate(keyring, operations, { ...values, destroyOld: values['destroy-old'], waitMs }, { say, note }),
      );
    case 'erase': {
      const ids = words.map((word) => idOf('erase', word));
      if (ids.length === 0) throw new UsageError("erase takes the ids of conversations. See 'parley keys --help'.");
      const options = { keepMaster: values['keep-master'], waitMs };
      return withOperations(config, keyring, (operations, note) =>
        eraseAll(keyring, operations, ids, options, { say, note }),
      );
    }
    case 'backup':
      return withOperations(config, keyring, (operations) => backup(operations, fileOf('backup', words)));
    case 'restore':
      return withOperations(config, keyring, (operations) => restore(operations, fileOf('restore', words)));
    default:
      throw new UsageError("keys takes: init, list, rotate, erase, backup or restore. See 'parley keys --help'.");
  }
}

/** The server's own settings, read as the server reads them. */
function configOf(values: { readonly [Name in 'keyring' | 'store' | 'data' | 'config']?: string }): Config {
  const flags = (['keyring', 'store', 'data', 'config'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  return loadConfig(flags, process.env, (path) => readFileSync(path, 'utf8'));
}

async function withOperations(
  config: Config,
  keyring: Keyring,
  work: (operations: KeyOperations, note: Told['note']) => Promise<number>,
): Promise<number> {
  const documents = await openDocuments(config.store ?? `sqlite:${join(config.data, 'parley.db')}`, {
    log: consoleLog,
  });
  try {
    return await work(new KeyOperations(documents, keyring), (wish) => noteByHand(documents, consoleLog, [wish]));
  } finally {
    await documents.close();
  }
}

async function init(keyring: Keyring): Promise<number> {
  const byHand = await keyring.init();
  say(
    byHand ??
      `${keyring.name} is made. Keep a copy of it where the store's copies are not: without it nothing can be read.`,
  );
  return 0;
}

async function list(keyring: Keyring, operations: KeyOperations, id: string | undefined): Promise<number> {
  if (id !== undefined) {
    const generations = await operations.generations(id);
    if (generations.length === 0)
      say(`${id} has no keys: nothing of it is encrypted, or there is no such conversation.`);
    for (const { generation, wrapped, madeAt, erasedAt, uses } of generations) {
      const state =
        wrapped === undefined
          ? `erased ${timeOf(erasedAt)}`
          : `under master key ${keyring.versionOf(wrapped) ?? 'of another keyring'}, sealed ${uses} texts or some more`;
      say(`key ${generation} of ${id}: made ${timeOf(madeAt)}, ${state}`);
    }
    return 0;
  }
  const { current, all } = await keyring.versions();
  const { wrapped, erased, foreign } = await operations.census();
  say(`${keyring.name}: current is ${current}; it has ${all.join(', ')}.`);
  for (const [version, count] of [...wrapped].toSorted(([a], [b]) => a - b))
    say(`under master key ${version}${all.includes(version) ? '' : ' (gone)'}: ${count} data keys`);
  if (foreign > 0) say(`under another keyring: ${foreign} data keys`);
  say(`erased: ${erased} data keys`);
  return 0;
}

async function backup(operations: KeyOperations, file: string): Promise<number> {
  // Never over an older one, which may be the only copy.
  const handle = await open(file, 'wx', 0o600);
  let count = 0;
  try {
    for await (const line of operations.backup()) {
      await handle.write(`${line}\n`);
      count++;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  say(`${count} keys written to ${file}, wrapped. With the keyring as it is now they open every copy of the store.`);
  return 0;
}

async function restore(operations: KeyOperations, file: string): Promise<number> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const { restored, erased } = await operations.restore(lines);
  say(`${restored} keys restored, ${erased} erased again. Servers that run look at them within a second.`);
  return 0;
}

const timeOf = (ms: number | undefined): string =>
  ms === undefined ? 'at an unknown time' : new Date(ms).toISOString();

function fileOf(command: string, [file, ...more]: readonly string[]): string {
  if (file === undefined || more.length > 0)
    throw new UsageError(`${command} takes one file. See 'parley keys --help'.`);
  return file;
}

function oneId(command: string, [id, ...more]: readonly string[]): string | undefined {
  if (more.length > 0) throw new UsageError(`${command} takes one id. See 'parley keys --help'.`);
  return id === undefined ? undefined : idOf(command, id);
}

function idOf(command: string, text: string): string {
  if (!isStreamId(text)) throw new UsageError(`${command} takes ids such as c_0192…, not '${text}'.`);
  return text;
}
