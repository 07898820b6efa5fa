import type { Readable, Writable } from 'node:stream';
import {
  type ConversationEvent,
  type Message,
  newConversationId,
  type ParleyClient,
  type UserId,
} from '@parley/client';
import { findConversation, type Named } from './conversations.ts';
import { follow } from './follow.ts';
import { inputHelp, parseInput } from './input.ts';
import { listLines } from './list.ts';
import { People } from './people.ts';
import { plain } from './render.ts';
import { Screen } from './screen.ts';
import { Typing } from './typing.ts';

export interface TalkOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly isColoured: boolean;
  readonly history: number;
}

/** The interactive mode: follows one conversation after another and sends what is typed. */
export class Talk {
  readonly #client: ParleyClient;
  readonly #options: TalkOptions;
  readonly #screen: Screen;
  readonly #typing: Typing;
  readonly #people: People;
  #current: Named | undefined;
  #following = new AbortController();
  readonly #left = new AbortController();
  /** One's last message in this conversation. */
  #last: { readonly seq: number; readonly text: string } | undefined;

  constructor(client: ParleyClient, options: TalkOptions) {
    this.#client = client;
    this.#options = options;
    this.#screen = new Screen(options.input, options.output);
    this.#people = new People(client);
    this.#typing = new Typing(client, (typists) => void this.#showTyping(typists));
    let wasOnline = client.state === 'online';
    client.on(
      'state',
      ({ state }) => {
        const isOnline = state === 'online';
        if (state === 'offline' && wasOnline)
          this.#say('The connection is lost; what you send is kept until it is back.');
        if (isOnline && !wasOnline) this.#say('Connected again.');
        if (isOnline || state === 'offline') wasOnline = isOnline;
      },
      { signal: this.#left.signal },
    );
  }

  /** Resolves when the user leaves. */
  async run(first: Named | undefined): Promise<void> {
    const { input } = this.#options;
    const tell = (): void => {
      if (/^[^/]/.test(this.#screen.line)) this.#typing.tell();
    };
    input.on('keypress', tell);
    try {
      if (first === undefined)
        this.#screen.write(
          'You are in no conversation yet. /list shows the channels, /join NAME takes you there, /new NAME makes one.',
        );
      else this.#open(first);
      for await (const typed of this.#screen.typed()) {
        try {
          if (await this.#carryOut(typed)) return;
        } catch (error) {
          this.#complain(error);
        }
      }
    } finally {
      input.off('keypress', tell);
      this.#left.abort();
      this.#following.abort();
      this.#typing.close();
      this.#screen.close();
    }
  }

  /** True when it is to end. */
  async #carryOut(typed: string): Promise<boolean> {
    const input = parseInput(typed);
    switch (input.type) {
      case 'quit':
        return true;
      case 'help':
        this.#screen.write(inputHelp);
        break;
      case 'list':
        for (const line of await listLines(this.#client, { all: true, json: false })) this.#screen.write(line);
        break;
      case 'join':
        await this.#join(input.conversation);
        break;
      case 'create':
        await this.#create(input.name);
        break;
      case 'editLast':
        this.#editLast(input.text);
        break;
      case 'send':
        this.#send(input.command);
        break;
      case 'mistake':
        this.#say(input.message);
        break;
      case 'nothing':
    }
    this.#screen.ask();
    return false;
  }

  async #join(wanted: string): Promise<void> {
    const found = await findConversation(this.#client, wanted);
    const { id, kind, role } = found.conversation;
    if (role === undefined && kind === 'channel') await this.#client.send(id, { type: 'join' });
    this.#open(found);
  }

  async #create(name: string): Promise<void> {
    const id = newConversationId();
    await this.#client.send(id, { type: 'create', kind: 'channel', name, members: [] });
    this.#open(await findConversation(this.#client, id));
  }

  #open(named: Named): void {
    this.#following.abort();
    const following = new AbortController();
    this.#following = following;
    this.#current = named;
    this.#last = undefined;
    this.#typing.stream = named.conversation.id;
    this.#screen.write(`— ${plain(named.label)} — /help shows what you can do`);
    this.#screen.prompt = `${plain(named.label)}> `;
    follow(this.#client, named, {
      ...this.#options,
      json: false,
      write: (line) => this.#screen.write(line),
      signal: following.signal,
      onSeen: (seen) => this.#seen(seen),
    }).catch((error: unknown) => {
      if (following.signal.aborted) return;
      this.#current = undefined;
      this.#screen.prompt = '> ';
      this.#complain(error);
    });
  }

  #seen(seen: Message | ConversationEvent): void {
    if (!('type' in seen) || seen.type === 'posted') {
      this.#typing.stopped(seen.actor);
      if (seen.actor === this.#client.user) this.#last = { seq: seen.seq, text: seen.text };
    } else if ((seen.type === 'edited' || seen.type === 'deleted') && seen.target === this.#last?.seq)
      this.#last = seen.type === 'edited' ? { seq: seen.target, text: seen.text } : undefined;
  }

  #editLast(text: string): void {
    if (this.#last === undefined) this.#say('You have said nothing here that could be changed.');
    else if (text === '') this.#screen.type(`/edit #${this.#last.seq} ${this.#last.text.replaceAll('\n', ' ')}`);
    else this.#send({ type: 'edit', target: this.#last.seq, text });
  }

  /** Does not wait: the next line may be typed while this one is on its way. The SDK keeps their order. */
  #send(command: Parameters<ParleyClient['send']>[1]): void {
    if (this.#current === undefined) return this.#say('You are in no conversation. /join NAME takes you to one.');
    this.#typing.sent();
    this.#client.send(this.#current.conversation.id, command).catch((error: unknown) => this.#complain(error));
  }

  async #showTyping(typists: readonly UserId[]): Promise<void> {
    await this.#people.need(typists).catch(() => undefined);
    if (this.#current === undefined) return;
    const names = typists.map((user) => plain(this.#people.nameOf(user)));
    const note = names.length === 0 ? '' : ` (${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing)`;
    this.#screen.prompt = `${plain(this.#current.label)}${note}> `;
  }

  #say(text: string): void {
    this.#screen.write(`! ${text}`);
  }

  #complain(error: unknown): void {
    this.#say(error instanceof Error ? error.message : String(error));
  }
}
