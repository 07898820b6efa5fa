import { ParleyError } from '@parley/protocol';
import { createTransport } from 'nodemailer';
import type { Mail, Mailer } from './port.ts';

/** Longest wait for each step; whoever asked waits as long. */
const timeoutMs = 15_000;

/** Mail by SMTP, through one server; connections are kept while there is something to send. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
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
