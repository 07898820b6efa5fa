import { randomBytes } from 'node:crypto';
import { env } from 'node:process';
import { round } from '../measuring.ts';
import type { Result } from '../scenario.ts';

const variable = 'PARLEY_BENCH_KEYRING';
/** Of what a message costs without a keyring. */
const maxShare = 0.05;

/** What one run measured, and its cost in whatever unit both kinds of run share. */
interface Measured {
  readonly figures: unknown;
  readonly cost: number;
}

/**
 * The same work without a keyring and with one, in turns, so that what else the machine does falls on both.
 * @param rounds how many runs of each: a number, or `yes` for 2
 * @param run given the server's further arguments
 */
export async function withEncryption(
  rounds: string | number | undefined,
  run: (args: readonly string[]) => Promise<Measured>,
): Promise<Result> {
  env[variable] = `1:${randomBytes(32).toString('base64url')}`;
  const plain: Measured[] = [];
  const encrypted: Measured[] = [];
  const count = rounds === 'yes' ? 2 : Math.max(1, Number(rounds));
  for (let round = 0; round < count; round++) {
    plain.push(await run([]));
    encrypted.push(await run(['--keyring', `env:${variable}`]));
  }
  const share = mean(encrypted) / mean(plain) - 1;
  return {
    parley: { plain: plain.map(({ figures }) => figures), encrypted: encrypted.map(({ figures }) => figures) },
    peers: {},
    ratio: { encryptionCostPercent: round(share * 100) },
    pass: share <= maxShare,
  };
}

const mean = (runs: readonly Measured[]): number => runs.reduce((sum, { cost }) => sum + cost, 0) / runs.length;
