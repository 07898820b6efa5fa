import { readFileSync } from 'node:fs';
import { ConfigError } from './index.ts';

const inFile = 'file:';

/**
 * A setting that holds a secret: as it stands, or read from the file that `file:PATH` names. Other users of a machine see
 * what a program was started with, so that a flag should name a file.
 * @param flag such as `--smtp-url`, for the message
 * @throws ConfigError
 */
export function secretOf(value: string, flag: string): string {
  if (!value.startsWith(inFile)) return value;
  const path = value.slice(inFile.length);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${flag} names the file ${path}, which cannot be read (${reason}).`, { cause });
  }
  if (text === '') throw new ConfigError(`${flag} names the file ${path}, which is empty.`);
  return text;
}
