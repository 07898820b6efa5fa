import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { limits, ParleyError } from '@parley/protocol';

const hash = promisify(argon2);

/** OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
/** Hashes computed at once: each holds 19 MiB and a thread of the pool. */
const maxConcurrent = 4;
const maxWaiting = 200;

/** The most common passwords of eight characters or more; what is shorter is refused anyway. */
const common = new Set(
  (
    'password password1 password12 password123 passw0rd 12345678 123456789 1234567890 qwertyui qwertyuiop qwerty123 ' +
    '1q2w3e4r 1qaz2wsx iloveyou sunshine princess football baseball superman trustno1 welcome1 letmein1 abcd1234 ' +
    'abc12345 11111111 00000000 88888888 12341234 87654321 asdfghjk asdfasdf zaq12wsx computer internet whatever ' +
    'starwars michelle jennifer changeme changeme1 administrator admin123 adminadmin'
  ).split(' '),
);

/** @throws ParleyError `weak-password` */
export function refuseWeak(password: string, name: string): void {
  const plain = password.toLowerCase();
  const isTooSimple = new Set(password).size < 3 || common.has(plain) || plain === name.toLowerCase();
  if (password.length < limits.minPasswordLength || password.length > limits.maxPasswordLength || isTooSimple) {
    throw new ParleyError('weak-password', { field: 'password' });
  }
}

let running = 0;
const waiting: (() => void)[] = [];

async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= maxConcurrent) {
    if (waiting.length >= maxWaiting) throw new ParleyError('unavailable', { retryAfterMs: 2_000 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

const digest = (password: string, nonce: Buffer): Promise<Buffer> =>
  bounded(() => hash('argon2id', { message: password.normalize('NFKC'), nonce, ...parameters }) as Promise<Buffer>);

/** A password as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await digest(password, nonce);
  const { memory, passes, parallelism } = parameters;
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/** Costs the same time for an account that does not exist (`undefined`). */
export async function isPassword(password: string, phc: string | undefined): Promise<boolean> {
  const [, , , , nonce = '', tag = ''] = (phc ?? '').split('$');
  const computed = await digest(password, nonce === '' ? randomBytes(16) : Buffer.from(nonce, 'base64'));
  const expected = Buffer.from(tag, 'base64');
  return expected.length === computed.length && timingSafeEqual(expected, computed);
}
