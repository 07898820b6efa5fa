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
  readonly server: ServerProcess;
  readonly admin: ParleyClient;
  readonly #folder: string;

  private constructor(server: ServerProcess, admin: ParleyClient, folder: string) {
    this.server = server;
    this.admin = admin;
    this.#folder = folder;
  }

  static async start(args: readonly string[] = []): Promise<BenchedParley> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
    const [script = ''] = process.argv.slice(1);
    const limits = ['--rate-per-second', '100000', '--rate-burst', '1000000', '--log-level', 'warn'];
    const server = await ServerProcess.start([
      script,
      'serve',
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--data',
      folder,
      ...limits,
      ...args,
    ]);
    return new BenchedParley(server, await administrator(server.url, 'bench', 'a-long-bench-password'), folder);
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

/** The frames with which a raw socket signs in and watches streams. */
export const greeting = (token: string, streams: readonly string[], level: 'full' | 'head' = 'full'): string[] => [
  JSON.stringify({ t: 'hello', token }),
  ...(streams.length === 0
    ? []
    : [JSON.stringify({ t: 'watch', id: 1, streams: streams.map((stream) => ({ stream, level })) })]),
];
