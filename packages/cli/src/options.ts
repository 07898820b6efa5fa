import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a command line says is not understood. The message names the option and where to read on. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The options and the other words of a command line.
 * @param command its name, for the message
 * @throws UsageError naming the option that does not exist or lacks its value
 */
export function parseOptions<const Known extends Options>(command: string, argv: readonly string[], options: Known) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const [, unknown] = /^Unknown option '([^']+)'/.exec(message) ?? [];
    const what = unknown === undefined ? (message.split('\n')[0] ?? message) : `There is no option ${unknown}.`;
    throw new UsageError(`${what} See 'parley ${command} --help'.`, { cause });
  }
}

/** @throws UsageError naming the option */
export function numberOf(option: string, text: string, { isWhole = false } = {}): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || (isWhole && !Number.isInteger(value)))
    throw new UsageError(`${option} takes a ${isWhole ? 'whole ' : ''}number above 0, not '${text}'.`);
  return value;
}

/** The address of a server, without a slash at its end. @throws UsageError */
export function urlOf(option: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`${option} takes an address such as http://localhost:3000, not '${text}'.`);
  return text.replace(/\/+$/, '');
}
