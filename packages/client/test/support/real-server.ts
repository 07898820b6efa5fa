import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Node, startNode } from '@parley/server';
import {
  type ClientOptions,
  type ConversationId,
  createClient,
  newConversationId,
  type ParleyClient,
} from '../../src/index.ts';

export const ownerPassword = 'a fine pass phrase';

/** A node in this process with a data folder of its own, its owner, and whoever a test needs. */
export class RealServer implements AsyncDisposable {
  readonly folder: string;
  url = '';
  readonly #flags: readonly string[];
  #node: Node | undefined;
  #owner: ParleyClient | undefined;
  readonly #clients: ParleyClient[] = [];

  static async start(flags: readonly string[] = []): Promise<RealServer> {
    const server = new RealServer(await mkdtemp(join(tmpdir(), 'parley-client-')), flags);
    await server.restart();
    const stranger = createClient({ url: server.url });
    const { token } = await stranger.rest.signUp({ name: 'owner', password: ownerPassword });
    await stranger.close();
    server.#owner = server.client(token);
    return server;
  }

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder;
    this.#flags = flags;
  }

  get owner(): ParleyClient {
    if (this.#owner === undefined) throw new Error('the server is not started');
    return this.#owner;
  }

  /** Starts the node, or stops it and starts it again on the same port and folder. */
  async restart(): Promise<void> {
    await this.#node?.stop();
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const flags = [
      '--port',
      port,
      '--host',
      '127.0.0.1',
      '--data',
      this.folder,
      '--log-level',
      'silent',
      ...this.#flags,
    ];
    this.#node = await startNode(loadConfig(flags, {}, () => '{}'));
    this.url = this.#node.url;
  }

  /** A client that comes back fast and is closed with the server. */
  client(token: string, options: Partial<ClientOptions> = {}): ParleyClient {
    const client = createClient({ url: this.url, token, backoff: { firstMs: 20, maxMs: 100 }, ...options });
    this.#clients.push(client);
    return client;
  }

  /** Makes somebody an account and a session. */
  async token(name: string): Promise<string> {
    const { accounts } = await this.owner.rest.createAccounts({ accounts: [{ name }], tokens: true });
    const token = accounts[0]?.token;
    if (token === undefined) throw new Error(`${name} got no token`);
    return token;
  }

  /** Somebody, online. */
  async person(name: string, options: Partial<ClientOptions> = {}): Promise<ParleyClient> {
    const client = this.client(await this.token(name), options);
    await client.connect();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#node?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A public channel that somebody makes. */
export async function makeChannel(client: ParleyClient, name: string): Promise<ConversationId> {
  const id = newConversationId();
  await client.send(id, { type: 'create', kind: 'channel', name, members: [] });
  return id;
}
