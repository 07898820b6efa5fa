import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConversationId, newConversationId, type ParleyClient } from '@parley/client';
import { administrator } from '../../replay/setup.ts';
import { ServerProcess } from './server-process.ts';

export interface Person {
  readonly name: string;
  readonly token: string;
  readonly id: Awaited<ReturnType<ParleyClient['rest']['createAccounts']>>['accounts'][number]['user']['id'];
}

/** A Parley of our own on the embedded engines, with limits out of the way. */
export class BenchedParley {
  server: ServerProcess;
  readonly admin: ParleyClient;
  readonly #folder: string;
  readonly #args: readonly string[];

  private constructor(server: ServerProcess, admin: ParleyClient, folder: string, args: readonly string[]) {
    this.server = server;
    this.admin = admin;
    this.#folder = folder;
    this.#args = args;
  }

  /** @param folder where its data is, removed when it stops; an empty one of its own unless told */
  static async start(args: readonly string[] = [], folder = newFolder()): Promise<BenchedParley> {
    const server = await serve(folder, 0, args);
    return new BenchedParley(server, await administrator(server.url, 'bench', 'a-long-bench-password'), folder, args);
  }

  /** Killed without a word, and started again on the same data and port. Resolves when it is ready. */
  async killAndRestart(): Promise<void> {
    const port = Number(new URL(this.server.url).port);
    await this.server.stop('SIGKILL');
    this.server = await serve(this.#folder, port, this.#args);
  }

  /** Stopped in good order, and started again on the same port when something is done to its data. */
  async whileStopped(act: (folder: string) => Promise<void>): Promise<void> {
    const port = Number(new URL(this.server.url).port);
    await this.server.stop();
    await act(this.#folder);
    this.server = await serve(this.#folder, port, this.#args);
  }

  async people(count: number): Promise<Person[]> {
    const people: Person[] = [];
    for (let from = 0; from < count; from += 500) {
      const accounts = Array.from({ length: Math.min(500, count - from) }, (_, index) => ({
        name: `bench-${from + index}`,
      }));
      for (const { user, token } of (await this.admin.rest.createAccounts({ accounts, tokens: true })).accounts) {
        if (token === undefined) throw new Error(`no token for ${user.name}`);
        people.push({ name: user.name, token, id: user.id });
      }
    }
    return people;
  }

  /** A conversation with the administrator and these people. */
  async conversation(
    name: string,
    members: readonly Person[],
    kind: 'group' | 'channel' = 'channel',
  ): Promise<ConversationId> {
    const id = newConversationId();
    await this.admin.send(id, {
      type: 'create',
      kind,
      name,
      members: members.slice(0, 1_000).map((person) => person.id),
    });
    for (let from = 1_000; from < members.length; from += 1_000) {
      await this.admin.send(id, {
        type: 'invite',
        users: members.slice(from, from + 1_000).map((person) => person.id),
      });
    }
    return id;
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A folder for a server's data. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'parley-bench-'));

function serve(folder: string, port: number, args: readonly string[]): Promise<ServerProcess> {
  const [script = ''] = process.argv.slice(1);
  const place = ['--port', String(port), '--host', '127.0.0.1', '--data', folder];
  const limits = ['--rate-per-second', '100000', '--rate-burst', '1000000', '--log-level', 'warn'];
  return ServerProcess.start([script, 'serve', ...place, ...limits, ...args]);
}

/** The frames with which a raw socket signs in and watches streams. */
export const greeting = (token: string, streams: readonly string[], level: 'full' | 'head' = 'full'): string[] => [
  JSON.stringify({ t: 'hello', token }),
  ...(streams.length === 0
    ? []
    : [JSON.stringify({ t: 'watch', id: 1, streams: streams.map((stream) => ({ stream, level })) })]),
];
