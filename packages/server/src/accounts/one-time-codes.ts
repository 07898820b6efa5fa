import { randomBytes } from 'node:crypto';
import { type OneTimeCodeSecret, ParleyError, type OneTimeCodes as State, type UserId } from '@parley/protocol';
import { Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { RateSource } from '../limits/shared-rates.ts';
import type { DocumentStore } from '../store/documents.ts';
import { codeGuesses, Guesses } from './guesses.ts';
import { hashOf } from './secrets.ts';
import { type Kept, Shelf } from './shelf.ts';

/** RFC 6238 as every authenticator app has it. */
const stepMs = 30_000;
const digits = 6;
/** A code of the step before or after is taken: clocks of telephones differ, and typing takes time. */
const window = 1;
/** How long a secret waits for its first code. */
const wishMs = 15 * 60_000;
const recoveryCount = 10;

const wished = z.object({ secret: z.string(), expiresAt: z.number() });
const kept = z.object({
  secret: z.string(),
  /** The newest step whose code was used: neither it nor an older one is taken again. */
  lastStep: z.number(),
  /** Hashes of the recovery codes that are left. */
  recovery: z.array(z.string()),
});
type KeptCodes = z.infer<typeof kept>;

/** Codes of an authenticator app as a second step of signing in, and recovery codes for when it is lost. */
export class OneTimeCodes {
  readonly #wished: Shelf<typeof wished>;
  readonly #kept: Shelf<typeof kept>;
  readonly #clock: Clock;
  readonly #guesses: Guesses;
  readonly #serverName: string;

  constructor(store: DocumentStore, clock: Clock, serverName: string, rates?: RateSource) {
    this.#wished = new Shelf(store, 'totp-wish', wished);
    this.#kept = new Shelf(store, 'totp', kept);
    this.#clock = clock;
    this.#guesses = new Guesses(clock, codeGuesses, rates, 'codes');
    this.#serverName = serverName;
  }

  async state(user: UserId): Promise<State> {
    const found = await this.#kept.get(user, 'current');
    return { isOn: found !== undefined, recoveryCodesLeft: found?.body.recovery.length ?? 0 };
  }

  async isOn(user: UserId): Promise<boolean> {
    return (await this.#kept.get(user, 'current')) !== undefined;
  }

  /** A new secret, to be shown once. It counts when a code of it was given. */
  async begin(user: UserId, handle: string): Promise<OneTimeCodeSecret> {
    if (await this.isOn(user)) throw new ParleyError('already-exists');
    const secret = new Secret({ size: 20 });
    await this.#wished.set(user, 'current', { secret: secret.base32, expiresAt: this.#clock.now() + wishMs });
    const uri = new TOTP({ issuer: this.#serverName, label: handle, secret, digits }).toString();
    return { secret: secret.base32, uri };
  }

  /**
   * From now on signing in needs a code. Returns the recovery codes, which are told only now.
   * @throws ParleyError `wrong-code`, `not-found` where nothing was begun, `rate-limited`
   */
  async turnOn(user: UserId, code: string, address: string): Promise<string[]> {
    const wish = await this.#wished.get(user, 'current');
    if (wish === undefined || wish.body.expiresAt <= this.#clock.now()) throw new ParleyError('not-found');
    this.#begin(user, address);
    const { secret } = wish.body;
    const lastStep = this.#stepOf(secret, code);
    if (lastStep === undefined) throw new ParleyError('wrong-code', { field: 'code' });
    this.#guesses.proved(user, address);
    const codes = newRecoveryCodes();
    if (!(await this.#kept.put(user, 'current', { secret, lastStep, recovery: codes.map(hashedCode) }, 0)))
      throw new ParleyError('already-exists');
    await this.#wished.delete(user, 'current');
    return codes;
  }

  /**
   * Uses a code of the app, or a recovery code. Of many who use the same, one succeeds.
   * @throws ParleyError `wrong-code`, `rate-limited`
   */
  async use(user: UserId, code: string, address: string): Promise<void> {
    this.#begin(user, address);
    for (;;) {
      const found = await this.#kept.get(user, 'current');
      const next = found && this.#spent(found.body, code);
      if (found === undefined || next === undefined) throw new ParleyError('wrong-code', { field: 'code' });
      if (await this.#kept.put(user, 'current', next, found.version)) break;
      // Somebody used one at the same moment. If it was this one, it is not found good again.
    }
    this.#guesses.proved(user, address);
  }

  /** New recovery codes in the place of those there are. */
  async renewRecovery(user: UserId): Promise<string[]> {
    const codes = newRecoveryCodes();
    for (;;) {
      const found: Kept<KeptCodes> | undefined = await this.#kept.get(user, 'current');
      if (found === undefined) throw new ParleyError('not-found');
      const body = { ...found.body, recovery: codes.map(hashedCode) };
      if (await this.#kept.put(user, 'current', body, found.version)) return codes;
    }
  }

  /** Signing in needs no code any more; whether it did. */
  turnOff(user: UserId): Promise<boolean> {
    return this.#kept.delete(user, 'current');
  }

  #begin(user: UserId, address: string): void {
    const waitMs = this.#guesses.begin(user, address);
    if (waitMs > 0) throw new ParleyError('rate-limited', { retryAfterMs: waitMs });
  }

  /** What is kept once the code was used; `undefined` where it is not good. */
  #spent(body: KeptCodes, code: string): KeptCodes | undefined {
    const hash = hashedCode(code);
    if (body.recovery.includes(hash)) return { ...body, recovery: body.recovery.filter((other) => other !== hash) };
    const step = this.#stepOf(body.secret, code);
    return step === undefined || step <= body.lastStep ? undefined : { ...body, lastStep: step };
  }

  /** The step whose code this is. */
  #stepOf(secret: string, code: string): number | undefined {
    const timestamp = this.#clock.now();
    const token = code.replace(/\s/g, '');
    if (!/^\d{6}$/.test(token)) return undefined;
    const delta = TOTP.validate({ token, secret: Secret.fromBase32(secret), digits, timestamp, window });
    return delta === null ? undefined : Math.floor(timestamp / stepMs) + delta;
  }
}

/** Without letters and digits that are taken for each other (Crockford). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 80 random bits each, in four groups: what is copied by hand, and cannot be found from its hash. */
const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCount }, () => {
    const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });

const hashedCode = (code: string): string => hashOf(code.toLowerCase().replace(/[^0-9a-z]/g, ''));
