import { ConfigError } from '../config/index.ts';
import { secretOf } from '../config/secret.ts';
import type { Mailer } from './port.ts';

/**
 * The mailer that the settings ask for; `undefined` where they name none. The library is loaded only then.
 * @throws ConfigError that says what is missing or wrong
 */
export async function openMailer(config: {
  readonly smtpUrl?: string | undefined;
  readonly mailFrom?: string | undefined;
}): Promise<Mailer | undefined> {
  const { smtpUrl, mailFrom } = config;
  if (smtpUrl === undefined) return undefined;
  if (mailFrom === undefined)
    throw new ConfigError('--smtp-url needs --mail-from beside it: the address that mail comes from.');
  const url = secretOf(smtpUrl, '--smtp-url');
  if (!/^smtps?:\/\//.test(url) || !URL.canParse(url))
    throw new ConfigError('--smtp-url is no address of a mail server: smtps://USER:PASSWORD@HOST or smtp://HOST:PORT.');
  const { createSmtpMailer } = await import('./smtp.ts');
  return createSmtpMailer(url, mailFrom);
}
