/** One mail, plain text to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What sends mail. */
export interface Mailer {
  /** Resolves when the mail server has taken it. Rejects with `ParleyError('unavailable')` when it does not. */
  send(mail: Mail): Promise<void>;
  close(): void;
}
