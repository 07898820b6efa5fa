import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Cid, type ConversationId, newCid, newConversationId, type WireError } from '@parley/protocol';
import { loadConfig, type Node, startNode } from '../../src/index.ts';
import type { NodeOptions } from '../../src/node.ts';
import { RawClient } from './raw-client.ts';
import { SocketIoClient, type SocketIoOptions } from './socket-io-client.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body of a success, as the test knows it. */
  readonly body: Record<string, unknown>;
  readonly error: WireError | undefined;
}

export interface SignedUp {
  readonly token: string;
  readonly id: string;
}

/** A whole node in this process, in a folder of its own, and what tests do with one. */
export class Stand implements AsyncDisposable {
  readonly folder: string;
  readonly node: Node;
  readonly #clients: { close(): void }[] = [];

  private constructor(folder: string, node: Node) {
    this.folder = folder;
    this.node = node;
  }

  static async open(flags: readonly string[] = [], options: NodeOptions = {}): Promise<Stand> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-node-'));
    const fixed = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--log-level', 'silent'];
    const config = loadConfig([...fixed, '--registration', 'open', ...flags], {}, () => '{}');
    return new Stand(folder, await startNode(config, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.node.stop();
    await rm(this.folder, { recursive: true });
  }

  /**
   * Copies its data as it is now. By another process: one that closes a file loses all its locks on it, SQLite's too, and whoever
   * opens the database next believes that nobody has it open.
   */
  async copyTo(folder: string): Promise<void> {
    const copy = 'await fs.promises.cp(process.argv[1], process.argv[2], { recursive: true })';
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', copy, this.folder, folder]);
  }

  async ask(method: string, path: string, { body, token, headers = {} }: Ask = {}): Promise<Answer> {
    const response = await fetch(`${this.node.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return {
      status: response.status,
      headers: response.headers,
      body: parsed,
      error: parsed['error'] as WireError | undefined,
    };
  }

  async signUp(name: string): Promise<SignedUp> {
    const { status, body } = await this.ask('POST', '/accounts', { body: { name, password: 'a fine pass phrase' } });
    assert.equal(status, 201, JSON.stringify(body));
    return { token: String(body['token']), id: (body['user'] as { id: string }).id };
  }

  async connect(): Promise<RawClient> {
    const client = await new RawClient(this.node.url).opened();
    this.#clients.push(client);
    return client;
  }

  /** The official client of Socket.IO, on its way in. */
  socketIo(options: SocketIoOptions = {}): SocketIoClient {
    const client = new SocketIoClient(this.node.url, options);
    this.#clients.push(client);
    return client;
  }

  async live({ token }: SignedUp): Promise<RawClient> {
    const client = await this.connect();
    client.send({ t: 'hello', token });
    await client.next('welcome');
    return client;
  }

  command(who: SignedUp, stream: string, command: object, cid: Cid = newCid()): Promise<Answer> {
    const headers = { 'idempotency-key': cid };
    return this.ask('POST', '/commands', { token: who.token, headers, body: { stream, command } });
  }

  async group(who: SignedUp, members: readonly SignedUp[] = []): Promise<ConversationId> {
    const stream = newConversationId();
    const ids = members.map(({ id }) => id);
    const made = await this.command(who, stream, { type: 'create', kind: 'group', name: 'tea', members: ids });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    return stream;
  }

  async texts(who: SignedUp, stream: ConversationId): Promise<string[]> {
    const { body } = await this.ask('GET', `/conversations/${stream}/messages?limit=200`, who);
    return (body['messages'] as { text: string }[]).map(({ text }) => text);
  }
}

interface Ask {
  /** A text is sent as it is. */
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}
