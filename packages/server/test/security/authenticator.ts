import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** What a test changes of an honest answer. */
export interface Tampering {
  readonly origin?: string;
  readonly host?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly isVerified?: boolean;
  readonly userHandle?: string;
  readonly counter?: number;
  readonly signWith?: KeyObject;
}

/** A device with one passkey (ES256, attestation `none`), as the specification has it, in software. */
export class Authenticator {
  readonly id = randomBytes(32);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #origin: string;
  counter = 0;
  user = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** What `navigator.credentials.create` answers. */
  create(options: { challenge: string; user: { id: string } }, tampering: Tampering = {}): Record<string, unknown> {
    this.user = options.user.id;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const coordinate = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64url'));
    const publicKey = isoCBOR.encode(
      new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, coordinate(x)],
        [-3, coordinate(y)],
      ]),
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const authData = new Uint8Array(
      Buffer.concat([this.#authData(0x45, tampering), Buffer.alloc(16), length, this.id, publicKey]),
    );
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    const clientDataJSON = base64(this.#clientData('webauthn.create', options.challenge, tampering));
    const attestationObject = base64(isoCBOR.encode(attestation as Parameters<typeof isoCBOR.encode>[0]));
    return this.#answer({ clientDataJSON, attestationObject });
  }

  /** What `navigator.credentials.get` answers. */
  get(options: { challenge: string }, tampering: Tampering = {}): Record<string, unknown> {
    this.counter++;
    const clientData = this.#clientData('webauthn.get', options.challenge, tampering);
    const authenticatorData = this.#authData(0x05, tampering);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    return this.#answer({
      clientDataJSON: base64(clientData),
      authenticatorData: base64(authenticatorData),
      signature: base64(sign('sha256', signed, tampering.signWith ?? this.#keys.privateKey)),
      userHandle: tampering.userHandle ?? this.user,
    });
  }

  #answer(response: Record<string, string>): Record<string, unknown> {
    const id = base64(this.id);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string, tampering: Tampering): Buffer {
    const { origin = this.#origin } = tampering;
    const data = {
      type: tampering.type ?? type,
      challenge: tampering.challenge ?? challenge,
      origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  #authData(flags: number, { host = new URL(this.#origin).hostname, isVerified = true, counter }: Tampering): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.counter);
    return Buffer.concat([sha256(host), Buffer.from([isVerified ? flags : flags & ~0x04]), count]);
  }
}
