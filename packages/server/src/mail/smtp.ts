import { ParleyError } from '@parley/protocol';
import { createTransport } from 'nodemailer';
import type { Mail, Mailer } from './port.ts';

/** Longest wait for each step; whoever asked waits as long. */
const timeoutMs = 15_000;

/**
 * A link for a new password is not sent where others can read it: other than to this machine mail goes by TLS, from the
 * beginning (`smtps:`) or taken up after it (`smtp:`). `?requireTLS=false` in the address lets it go without.
 */
function needsTls(address: string): boolean {
  const { hostname, searchParams } = new URL(address);
  return !['localhost', '127.0.0.1', '[::1]'].includes(hostname) && searchParams.get('requireTLS') !== 'false';
}

/** Mail by SMTP, through one server; connections are kept while there is something to send. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    requireTLS: needsTls(url),
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    async send({ to, subject, text }: Mail): Promise<void> {
      try {
        // As an object: a text could hold several addresses.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
      } catch (cause) {
        throw new ParleyError('unavailable', { message: 'The mail could not be sent. Please try again later.', cause });
      }
    },
    close: () => transport.close(),
  };
}
