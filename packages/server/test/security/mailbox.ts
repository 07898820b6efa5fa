import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { until } from '../until.ts';

export interface Received {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that keeps what it is sent. */
export class Mailbox implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server: SMTPServer;
  #held: Promise<void> = Promise.resolve();

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = envelope.rcptTo.map(({ address }) => address);
          const text = plain(Buffer.concat(chunks).toString());
          void this.#keep({ to, text }, done);
        });
      },
    });
    // A node that stops cuts its connections.
    this.#server.on('error', () => undefined);
  }

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    const listening = mailbox.#server.listen(0, '127.0.0.1');
    if (!listening.listening) await once(listening, 'listening');
    return mailbox;
  }

  /** For `--smtp-url`. */
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  get flags(): readonly string[] {
    return ['--smtp-url', this.url, '--mail-from', 'Parley <parley@chat.example>'];
  }

  /** Takes no mail until what it returns is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  /** Waits for a mail to this address and takes it out. */
  async next(to: string): Promise<Received> {
    const index = (): number => this.received.findIndex((mail) => mail.to.includes(to));
    await until(`a mail comes to ${to}`, () => index() >= 0);
    const [mail] = this.received.splice(index(), 1);
    if (mail === undefined) throw new Error('it was taken by somebody else');
    return mail;
  }

  /** The token behind the # of the link in the next mail. */
  async nextToken(to: string): Promise<string> {
    return /#(\S+)/.exec((await this.next(to)).text)?.[1] ?? '';
  }

  async #keep(mail: Received, done: () => void): Promise<void> {
    await this.#held;
    this.received.push(mail);
    done();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }
}

/** Quoted-printable, as far as our mails have it. */
const plain = (raw: string): string =>
  raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
