/**
 * The catalogue of everything that can go wrong on the wire. A code never changes its meaning; a sentence may be
 * improved. `retry` says whether the same request can succeed later without being changed.
 */
export const errorCatalogue = {
  'bad-request': { status: 400, retry: false, sentence: 'The request is not in the form the server expects.' },
  'bad-frame': { status: 400, retry: false, sentence: 'The frame is not valid.' },
  'frame-too-large': { status: 413, retry: false, sentence: 'The message is larger than 64 KiB.' },
  unauthenticated: { status: 401, retry: false, sentence: 'Please sign in.' },
  'wrong-credentials': { status: 401, retry: false, sentence: 'The name or the password is wrong.' },
  forbidden: { status: 403, retry: false, sentence: 'You do not have the right to do this.' },
  'not-found': { status: 404, retry: false, sentence: 'There is nothing here, or you may not see it.' },
  'name-taken': { status: 409, retry: false, sentence: 'That name is taken. Please choose another one.' },
  'name-invalid': {
    status: 400,
    retry: false,
    sentence: 'A name has 2 to 32 letters, digits, dots, dashes or underscores, and starts with a letter or digit.',
  },
  'weak-password': {
    status: 400,
    retry: false,
    sentence: 'Please choose a longer, less common password (8 characters or more).',
  },
  'invite-required': { status: 403, retry: false, sentence: 'This server takes new accounts by invitation only.' },
  'invite-invalid': { status: 403, retry: false, sentence: 'This invitation is used up, expired or unknown.' },
  'registration-closed': { status: 403, retry: false, sentence: 'This server takes no new accounts.' },
  'code-needed': { status: 401, retry: false, sentence: 'This account needs a code of its authenticator app.' },
  'wrong-code': { status: 401, retry: false, sentence: 'This code is wrong, or was used already.' },
  'passkey-refused': { status: 401, retry: false, sentence: 'This passkey was not accepted. Please try again.' },
  'sso-refused': { status: 401, retry: false, sentence: 'Single sign-on did not work. Please try again.' },
  'sso-unknown': {
    status: 403,
    retry: false,
    sentence: 'Nobody here has this identity. Sign in as before and link it in the settings, or ask for an invitation.',
  },
  'link-invalid': { status: 403, retry: false, sentence: 'This link was used, has expired, or is not complete.' },
  'email-taken': { status: 409, retry: false, sentence: 'This address belongs to another account.' },
  'no-mail': { status: 409, retry: false, sentence: 'This server sends no mail. Please ask an administrator.' },
  'text-empty': { status: 400, retry: false, sentence: 'A message needs some text.' },
  'text-too-long': { status: 400, retry: false, sentence: 'A message has at most 16,000 characters.' },
  'not-yours': { status: 403, retry: false, sentence: 'Only its author can change this message.' },
  'no-such-message': { status: 404, retry: false, sentence: 'That message does not exist or was deleted.' },
  archived: { status: 409, retry: false, sentence: 'This conversation is archived: it can be read, not changed.' },
  'already-exists': { status: 409, retry: false, sentence: 'This already exists.' },
  'already-member': { status: 409, retry: false, sentence: 'They are a member already.' },
  'not-a-member': { status: 409, retry: false, sentence: 'They are not a member.' },
  'last-owner': {
    status: 409,
    retry: false,
    sentence: 'A conversation needs an owner. Make somebody else an owner first.',
  },
  'limit-reached': { status: 409, retry: false, sentence: 'There are too many of these already.' },
  silenced: { status: 403, retry: false, sentence: 'A moderator has asked you to be silent here for a while.' },
  'slow-mode': {
    status: 429,
    retry: false,
    sentence: 'Slow mode is on here: please wait before you write again.',
  },
  'read-only': { status: 403, retry: false, sentence: 'Only moderators write here.' },
  banned: { status: 403, retry: false, sentence: 'You, or they, are banned here.' },
  'word-refused': { status: 400, retry: false, sentence: 'The message has a word that is not wanted here.' },
  'rate-limited': { status: 429, retry: true, sentence: 'That was a little fast. Please try again in a moment.' },
  unavailable: {
    status: 503,
    retry: true,
    sentence: 'The server cannot do this right now. Nothing is lost; it will be tried again.',
  },
  'keys-missing': {
    status: 503,
    retry: true,
    sentence: 'This server does not have the keys to read or write this. Please tell its administrator.',
  },
  draining: {
    status: 503,
    retry: true,
    sentence: 'The server is restarting. You will be connected again in a moment.',
  },
  internal: { status: 500, retry: true, sentence: 'Something went wrong on our side. It has been noted.' },
} as const satisfies Record<string, { status: number; retry: boolean; sentence: string }>;

/** A stable error code on the wire. */
export type ErrorCode = keyof typeof errorCatalogue;

/** An error as it travels, in REST bodies and in frames. */
export interface WireError {
  readonly code: ErrorCode;
  /** A sentence fit to show to a person. */
  readonly message: string;
  /** The field at fault, as a path (`command.text`). */
  readonly field?: string;
  /** With `rate-limited`, `unavailable` and `draining`: when to try again. */
  readonly retryAfterMs?: number;
}

/** A wire error as schemas infer it. */
interface LooseWireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The one error class that crosses layers: thrown with a code, shown by its sentence, logged by its code. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      readonly message?: string;
      readonly field?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(
      options.message ?? errorCatalogue[code].sentence,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return errorCatalogue[this.code].retry;
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    };
  }

  static fromWire({ code, message, field, retryAfterMs }: LooseWireError): ParleyError {
    return new ParleyError(code, { message, field, retryAfterMs });
  }
}
