import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

interface Body {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly associated_data?: string;
  readonly min_decryption_version?: number;
  readonly min_available_version?: number;
}

/**
 * Speaks as much of Vault's transit engine as a keyring uses, for everyday tests, and for what a real one does not do when asked:
 * be sealed, limit, fail. The same tests run against a real one where it is up (`npm run engines -- up vault`).
 */
export class Transit implements AsyncDisposable {
  readonly token = 'hvs.test';
  /** Answers with this status instead, when set: sealed, standby, limited. */
  failsWith: number | undefined;
  requests = 0;
  readonly #server: Server;
  readonly #versions = new Map<number, Buffer>();
  #lowest = 1;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<Transit> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Transit(server);
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/transit/parley`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body?: object }> {
    this.requests++;
    const sent = await text(request);
    const body = (sent === '' ? {} : JSON.parse(sent)) as Body;
    const refuse = (status: number, ...errors: string[]) => ({ status, body: { errors } });
    if (this.failsWith !== undefined) return refuse(this.failsWith, 'Vault is sealed');
    if (request.headers['x-vault-token'] !== this.token) return refuse(403, 'permission denied');
    const latest = Math.max(0, ...this.#versions.keys());
    switch (`${request.method} ${request.url}`) {
      case 'POST /v1/transit/keys/parley':
        if (latest === 0) this.#versions.set(1, randomBytes(32));
        return { status: 200, body: { data: {} } };
      case 'GET /v1/transit/keys/parley':
        if (latest === 0) return refuse(404);
        return { status: 200, body: { data: { latest_version: latest, min_decryption_version: this.#lowest } } };
      case 'POST /v1/transit/keys/parley/rotate':
        this.#versions.set(latest + 1, randomBytes(32));
        return { status: 200, body: { data: {} } };
      case 'POST /v1/transit/keys/parley/config':
        this.#lowest = body.min_decryption_version ?? this.#lowest;
        return { status: 204 };
      case 'POST /v1/transit/keys/parley/trim':
        for (const version of this.#versions.keys())
          if (version < (body.min_available_version ?? 0)) this.#versions.delete(version);
        return { status: 204 };
      case 'POST /v1/transit/encrypt/parley':
        return latest === 0
          ? refuse(404)
          : { status: 200, body: { data: { ciphertext: this.#encrypt(latest, body) } } };
      case 'POST /v1/transit/decrypt/parley':
        return this.#decrypt(body);
      default:
        return refuse(404, `no handler for route "${request.url}". route entry not found.`);
    }
  }

  #encrypt(version: number, { plaintext = '', associated_data = '' }: Body): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#versions.get(version) ?? randomBytes(32), nonce);
    cipher.setAAD(Buffer.from(associated_data, 'base64'));
    const locked = Buffer.concat([
      nonce,
      cipher.update(Buffer.from(plaintext, 'base64')),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `vault:v${version}:${locked.toString('base64')}`;
  }

  #decrypt({ ciphertext = '', associated_data = '' }: Body): { status: number; body: object } {
    const refuse = (error: string) => ({ status: 400, body: { errors: [error] } });
    const [, version = '', box = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    if (version === '') return refuse('invalid ciphertext: no prefix');
    const key = this.#versions.get(Number(version));
    if (Number(version) < this.#lowest)
      return refuse('ciphertext or signature version is disallowed by policy (too old)');
    const bytes = Buffer.from(box, 'base64');
    if (key === undefined || bytes.length < 28) return refuse('invalid ciphertext: version is too new');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(associated_data, 'base64'));
    decipher.setAuthTag(bytes.subarray(-16));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      return { status: 200, body: { data: { plaintext: plain.toString('base64') } } };
    } catch {
      return refuse('cipher: message authentication failed');
    }
  }
}
