import { type Config, type SettingName, settings } from './settings.ts';

export type { Config } from './settings.ts';

/** A setting is wrong. The message names it, where it came from, and the mend. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const names = Object.keys(settings) as SettingName[];
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const nameByFlag = new Map(names.map((name) => [flagOf(name), name]));

interface Given {
  readonly value: unknown;
  readonly from: string;
}

/**
 * The settings, flags before environment before file before defaults.
 * @param argv arguments after the command
 * @param readFile reads the file named by `--config` or `PARLEY_CONFIG`
 * @throws ConfigError
 */
export function loadConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Config {
  const { flags, file } = parseFlags(argv);
  const path = file ?? env['PARLEY_CONFIG'];
  const written = path === undefined ? {} : parseFile(path, readFile);
  const entries = names.map((name) => {
    const { env: variable } = settings[name];
    const fromEnv = env[variable];
    let given: Given | undefined;
    if (flags.has(name)) given = { value: flags.get(name), from: flagOf(name) };
    else if (fromEnv !== undefined && fromEnv !== '') given = { value: fromEnv, from: variable };
    else if (name in written) given = { value: written[name], from: `${name} in ${path}` };
    return [name, judge(name, given)];
  });
  return Object.fromEntries(entries) as Config;
}

function judge(name: SettingName, given: Given | undefined): unknown {
  const result = settings[name].schema.safeParse(given?.value);
  if (result.success) return result.data;
  const { value, help } = settings[name];
  const shown = JSON.stringify(given?.value);
  throw new ConfigError(
    `${given?.from ?? name} is ${shown}: ${result.error.issues[0]?.message ?? 'not valid'}. It takes ${value}: ${help}`,
  );
}

function parseFlags(argv: readonly string[]): { flags: Map<SettingName, string>; file: string | undefined } {
  const flags = new Map<SettingName, string>();
  let file: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    const [flag = '', inline] = argument.split(/=(.*)/s, 2);
    const name = nameByFlag.get(flag);
    if (name === undefined && flag !== '--config') {
      const nearest = nearestOf(flag, [...nameByFlag.keys(), '--config', '--help']);
      throw new ConfigError(
        `There is no setting ${argument}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`} See --help.`,
      );
    }
    const value = inline ?? argv[++index];
    if (value === undefined) throw new ConfigError(`${flag} needs a value. See --help.`);
    if (name === undefined) file = value;
    else flags.set(name, value);
  }
  return { flags, file };
}

function parseFile(path: string, readFile: (path: string) => string): Record<string, unknown> {
  let written: unknown;
  try {
    written = JSON.parse(readFile(path));
  } catch (cause) {
    throw new ConfigError(
      `The settings file ${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new ConfigError(`The settings file ${path} must hold one JSON object, such as {"port": 3000}.`);
  }
  for (const key of Object.keys(written)) {
    if (key in settings) continue;
    const nearest = nearestOf(key, names);
    throw new ConfigError(
      `${path} has a setting "${key}" that does not exist.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`,
    );
  }
  return written as Record<string, unknown>;
}

/** The known word nearest to a mistyped one, by edit distance, if any is near. */
function nearestOf(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The part of `--help` that lists every setting. */
export function configHelp(): string {
  const lines = names.map((name) => {
    const { env, value, help, schema } = settings[name];
    const fallback = schema.safeParse(undefined);
    const shown =
      fallback.success && fallback.data !== undefined && String(fallback.data) !== ''
        ? ` [${String(fallback.data)}]`
        : '';
    return `  ${`${flagOf(name)} ${value}`.padEnd(32)} ${help}${shown}\n${' '.repeat(35)}${env}`;
  });
  return [
    `  ${'--config FILE'.padEnd(32)} Settings as JSON, {"port": 3000}; flags and environment go before it.\n${' '.repeat(35)}PARLEY_CONFIG`,
    ...lines,
  ].join('\n');
}
