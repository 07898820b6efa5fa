import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ParleyError } from '@parley/protocol';

const hash = promisify(argon2);

/** What a hash costs. */
export interface Argon2Cost {
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * What hashes made now cost: OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. Change it here and
 * nowhere else: hashes that cost something else are still judged, and made anew when their owner signs in.
 */
export const currentCost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
/** Hashes computed at once: each holds 19 MiB and a thread of the pool. */
const maxConcurrent = 4;
const maxWaiting = 200;

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

const digest = (password: string, nonce: Buffer, cost: Argon2Cost): Promise<Buffer> =>
  bounded(
    () => hash('argon2id', { message: password.normalize('NFKC'), nonce, tagLength, ...cost }) as Promise<Buffer>,
  );

/** A password as a PHC string. */
export async function hashPassword(password: string, cost = currentCost): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await digest(password, nonce, cost);
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `${prefixOf(cost)}${base64(nonce)}$${base64(tag)}`;
}

/** Costs the same time for an account that does not exist (`undefined`) as for one whose hash was made with the cost of now. */
export async function isPassword(password: string, phc: string | undefined): Promise<boolean> {
  const { cost, nonce, tag } = parsed(phc ?? '') ?? { cost: currentCost, nonce: randomBytes(16), tag: Buffer.alloc(0) };
  const computed = await digest(password, nonce, cost);
  return tag.length === computed.length && timingSafeEqual(tag, computed);
}

/** Whether a hash was made with another cost than that of now. */
export const isOutdated = (phc: string): boolean => !phc.startsWith(prefixOf(currentCost));

const prefixOf = ({ memory, passes, parallelism }: Argon2Cost): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`;

function parsed(phc: string): { readonly cost: Argon2Cost; readonly nonce: Buffer; readonly tag: Buffer } | undefined {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc);
  if (found === null) return undefined;
  const [, memory, passes, parallelism, nonce = '', tag = ''] = found;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}
