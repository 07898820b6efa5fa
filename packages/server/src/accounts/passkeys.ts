import { isUserId, limits, ParleyError, type Passkey, type UserId } from '@parley/protocol';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account } from '../store/port.ts';
import { Challenges } from './challenges.ts';
import { hashOf } from './secrets.ts';
import { type Kept, Shelf } from './shelf.ts';

const wishMs = 5 * 60_000;
/** EdDSA, ES256 and RS256 (RFC 8152): what authenticators have. */
const supportedAlgorithmIDs = [-8, -7, -257];

/** Loaded when the first one asks: a server whose people have passwords pays nothing for it. */
const webauthn = () => import('@simplewebauthn/server');

const kept = z.object({
  credential: z.string(),
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()),
  name: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number().optional(),
  /** When the challenge of the last sign-in was made: what answers it, or an older one, is a replay. */
  challengedAt: z.number(),
  isSynced: z.boolean(),
});
type KeptPasskey = z.infer<typeof kept>;
const wished = z.object({ challenge: z.string(), expiresAt: z.number() });

export interface PasskeysOptions {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly serverName: string;
  /** Passkeys belong to its host name: who changes that loses them. */
  readonly publicUrl: () => string;
}

/**
 * Passkeys (WebAuthn): keys that a device keeps and uses after its owner has shown a finger, a face or a PIN. The device
 * knows whose it is, so that no name is typed; it stands for password and second step in one.
 */
export class Passkeys {
  readonly #options: PasskeysOptions;
  readonly #kept: Shelf<typeof kept>;
  readonly #wished: Shelf<typeof wished>;
  readonly #challenges: Challenges;

  constructor(options: PasskeysOptions) {
    const { store, clock } = options;
    this.#options = options;
    this.#kept = new Shelf(store, 'passkey', kept);
    this.#wished = new Shelf(store, 'passkey-wish', wished);
    this.#challenges = new Challenges(store, clock);
  }

  async list(user: UserId): Promise<Passkey[]> {
    return (await this.#all(user)).map(shown).toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** What the browser is given to make a passkey. */
  async begin({ id, name, displayName }: Account): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const existing = await this.#all(id);
    if (existing.length >= limits.maxPasskeysPerAccount)
      throw new ParleyError('limit-reached', { message: 'You have 20 passkeys. Remove one that is not needed.' });
    const { generateRegistrationOptions } = await webauthn();
    const options = await generateRegistrationOptions({
      supportedAlgorithmIDs,
      rpName: this.#options.serverName,
      rpID: this.#host,
      userName: name,
      userDisplayName: displayName,
      userID: new TextEncoder().encode(id),
      excludeCredentials: existing.map(({ body }) => ({ id: body.credential, transports: body.transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const expiresAt = this.#options.clock.now() + wishMs;
    await this.#wished.set(id, 'current', { challenge: options.challenge, expiresAt });
    return options;
  }

  /** Keeps what the browser made. @throws ParleyError `passkey-refused` */
  async add(user: UserId, name: string, response: RegistrationResponseJSON): Promise<Passkey> {
    const wish = await this.#wished.get(user, 'current');
    const now = this.#options.clock.now();
    if (wish === undefined || wish.body.expiresAt <= now) throw new ParleyError('passkey-refused');
    // A challenge is answered once, rightly or not.
    if (!(await this.#wished.delete(user, 'current', wish.version))) throw new ParleyError('passkey-refused');
    const { verifyRegistrationResponse } = await webauthn();
    const { registrationInfo } = await refusing(
      verifyRegistrationResponse({
        supportedAlgorithmIDs,
        response,
        expectedChallenge: wish.body.challenge,
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
      }),
    );
    if (registrationInfo === undefined) throw new ParleyError('passkey-refused');
    const { credential, credentialBackedUp } = registrationInfo;
    const body: KeptPasskey = {
      credential: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      name,
      createdAt: now,
      challengedAt: 0,
      isSynced: credentialBackedUp,
    };
    const key = hashOf(credential.id);
    if (!(await this.#kept.put(user, key, body, 0))) throw new ParleyError('already-exists');
    return shown({ key, version: 1, body });
  }

  /** @throws ParleyError `not-found` */
  async rename(user: UserId, id: string, name: string): Promise<Passkey> {
    const found = await this.#find(user, id);
    if (found === undefined) throw new ParleyError('not-found');
    const body = { ...found.body, name };
    // Whoever signs in with it at this moment goes first.
    if (!(await this.#kept.put(user, id, body, found.version))) return this.rename(user, id, name);
    return shown({ ...found, body });
  }

  /** @throws ParleyError `not-found` */
  async remove(user: UserId, id: string): Promise<void> {
    if ((await this.#find(user, id)) === undefined || !(await this.#kept.delete(user, id)))
      throw new ParleyError('not-found');
  }

  /** Forgets every passkey of somebody, and one that is being made; how many there were. */
  async removeAll(user: UserId): Promise<number> {
    await this.#wished.delete(user, 'current');
    return this.#kept.clear(user);
  }

  /** What the browser is given to sign somebody in, whoever that may be. */
  async challenge(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { generateAuthenticationOptions } = await webauthn();
    return generateAuthenticationOptions({
      rpID: this.#host,
      userVerification: 'required',
      challenge: await this.#challenges.make(),
    });
  }

  /**
   * Whose passkey answered, and answered a challenge of ours that was not answered before.
   * @throws ParleyError `passkey-refused`
   */
  async judge(response: AuthenticationResponseJSON): Promise<UserId> {
    const user = Buffer.from(response.response.userHandle ?? '', 'base64url').toString();
    const key = hashOf(response.id);
    const found = isUserId(user) ? await this.#find(user, key) : undefined;
    if (!isUserId(user) || found === undefined) throw new ParleyError('passkey-refused');
    const { body, version } = found;
    const { verifyAuthenticationResponse } = await webauthn();
    let challengedAt = 0;
    const { verified, authenticationInfo } = await refusing(
      verifyAuthenticationResponse({
        response,
        expectedChallenge: async (challenge) => {
          challengedAt = (await this.#challenges.madeAt(challenge)) ?? 0;
          return challengedAt > body.challengedAt;
        },
        expectedOrigin: this.#origin,
        expectedRPID: this.#host,
        credential: {
          id: body.credential,
          publicKey: new Uint8Array(Buffer.from(body.publicKey, 'base64')),
          counter: body.counter,
        },
      }),
    );
    if (!verified) throw new ParleyError('passkey-refused');
    const { newCounter: counter, credentialBackedUp: isSynced } = authenticationInfo;
    const used = { ...body, counter, isSynced, challengedAt, lastUsedAt: this.#options.clock.now() };
    // Of two answers at one moment the second is refused; it may be the same one.
    if (!(await this.#kept.put(user, key, used, version))) throw new ParleyError('passkey-refused');
    return user;
  }

  #all(user: UserId): Promise<readonly Kept<KeptPasskey>[]> {
    return this.#kept.list(user, limits.maxPasskeysPerAccount);
  }

  async #find(user: UserId, key: string): Promise<Kept<KeptPasskey> | undefined> {
    return /^[0-9a-f]{64}$/.test(key) ? this.#kept.get(user, key) : undefined;
  }

  get #origin(): string {
    return new URL(this.#options.publicUrl()).origin;
  }

  get #host(): string {
    return new URL(this.#options.publicUrl()).hostname;
  }
}

const shown = ({ key, body }: Kept<KeptPasskey>): Passkey => ({
  id: key,
  name: body.name,
  createdAt: body.createdAt,
  isSynced: body.isSynced,
  ...(body.lastUsedAt === undefined ? {} : { lastUsedAt: body.lastUsedAt }),
});

/** The library throws what is wrong with an answer; it is one refusal to who sent it. */
async function refusing<Verified>(verifying: Promise<Verified>): Promise<Verified> {
  try {
    return await verifying;
  } catch (cause) {
    throw cause instanceof ParleyError ? cause : new ParleyError('passkey-refused', { cause });
  }
}
