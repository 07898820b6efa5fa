import { stderr } from 'node:process';
import type { OpenStoreOptions } from '@parley/server';

const nothing = (): void => undefined;
const say = (fields: object, message: string): void => {
  const { engine, reason } = fields as { engine?: string; reason?: string };
  stderr.write(`${engine ?? 'parley'}: ${message}${reason === undefined ? '' : ` (${reason})`}\n`);
};

/** What an engine has to say while it is opened, for the person in front. */
export const consoleLog: OpenStoreOptions['log'] = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: say,
  error: say,
};
