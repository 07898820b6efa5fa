import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ConversationId, ParleyClient } from '../src/index.ts';
import { makeChannel, RealServer } from './support/real-server.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
/** Each example under its heading, as `heading, number within it`. */
const examples = readme.split(/^## /m).flatMap((section) => {
  const [heading = ''] = section.split('\n');
  return Array.from(section.matchAll(/```ts\n(.*?)```/gs), ([, code = ''], index) => ({
    name: `${heading} (${index + 1})`,
    code,
  }));
});

/** What the examples take for granted: a client, a conversation, tokens. */
interface World {
  readonly client: ParleyClient;
  readonly general: ConversationId;
  readonly token: string;
  readonly botToken: string;
  readonly outboxPath: string;
  readonly console: { log: (...words: unknown[]) => void };
  /** Says something until it is answered. */
  readonly asked: (question: string, answer: string) => Promise<void>;
}

describe('the examples of the README', () => {
  let server: RealServer;
  let folder = '';
  let world: World;
  const logged: unknown[][] = [];
  before(async () => {
    server = await RealServer.start(['--registration', 'open']);
    const client = await server.person('reader');
    const general = await makeChannel(client, 'general');
    const bot = await server.person('bot');
    assert.ok(bot.user);
    await client.send(general, { type: 'invite', users: [bot.user] });
    // Within the package, where the examples' imports mean this package.
    folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
    world = {
      client,
      general,
      token: await server.token('writer'),
      botToken: await server.token('bot'),
      outboxPath: join(server.folder, 'outbox'),
      console: { log: (...words) => void logged.push(words) },
      asked: async (question, answer) => {
        const answers = client.events(general, { after: 0 });
        const ask = (): void => void client.send(general, { type: 'post', text: question }).catch(assert.fail);
        const asking = setInterval(ask, 50);
        for await (const event of answers) if (event.type === 'posted' && event.text === answer) break;
        clearInterval(asking);
      },
    };
    await client.send(general, { type: 'invite', users: [(await server.person('writer')).user ?? bot.user] });
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await server[Symbol.asyncDispose]();
  });

  it('are all there', () => {
    assert.ok(examples.length >= 8, examples.map(({ name }) => name).join(', '));
  });

  for (const [number, { name, code }] of examples.entries()) {
    it(name, async () => {
      const imports = code.match(/^import .*$/gm) ?? [];
      const body = code.replaceAll(/^import .*$/gm, '').replaceAll('http://localhost:3000', server.url);
      const given = ['client', 'general', 'token', 'botToken', 'outboxPath', 'console', 'asked'].filter(
        // What an example makes itself is not given to it.
        (one) => !new RegExp(`(?:const|using) ${one}\\b`).test(code),
      );
      const module = `${imports.join('\n')}\nexport default async ({ ${given.join(', ')} }: any) => {${body}};\n`;
      const path = join(folder, `${number}.ts`);
      await writeFile(path, module);
      const { default: run } = (await import(pathToFileURL(path).href)) as { default: (given: World) => Promise<void> };
      await run(world);
    });
  }
});
