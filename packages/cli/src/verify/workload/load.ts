import { type ConversationCommand, ParleyError } from '@parley/client';
import type { Recorder } from '../history.ts';
import type { Random } from '../random.ts';
import type { Member } from './member.ts';
import type { World } from './setup.ts';
import { forbiddenAfterRemoval, forbiddenIn, trespass } from './trespass.ts';

const tickMs = 20;
/** A membership change waits so long for a server that is away. */
const patienceMs = 20_000;

export interface LoadOptions {
  readonly world: World;
  readonly recorder: Recorder;
  readonly random: Random;
  /** Actions a second, over everybody. */
  readonly ratePerSecond: number;
  /** Whether people go offline and come back. */
  readonly isRestless: boolean;
}

/** Keeps everybody busy until it is stopped. */
export class Load {
  readonly #options: LoadOptions;
  readonly #away = new Set<Member>();
  readonly #running: Promise<void>[] = [];
  readonly #stop = new AbortController();
  #storming = false;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running.push(this.#chat(), this.#revolve(), this.#trespass(), this.#readBack());
    if (this.#options.isRestless) this.#running.push(this.#comeAndGo());
  }

  /** While it is on, everybody sends old things again as fast as they may. */
  storm(on: boolean): void {
    this.#storming = on;
  }

  /** Resolves when nobody starts anything new and everybody is back online. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    for (const member of this.#away) member.arrive();
    this.#away.clear();
  }

  async #chat(): Promise<void> {
    const { world, random, ratePerSecond } = this.#options;
    let credit = 0;
    let last = performance.now();
    while (await this.#pause(tickMs)) {
      const now = performance.now();
      // After a pause of this process itself there is no debt to catch up on.
      credit = Math.min(credit + ((now - last) / 1_000) * ratePerSecond, ratePerSecond);
      last = now;
      for (; credit >= 1; credit--) {
        const group = random.chance(0.1) ? world.room : random.pick(world.groups);
        random.pick(group.members).act(group.id);
      }
      if (this.#storming) for (const member of world.members) member.resend();
    }
  }

  /** Members come into one conversation and are put out of it again. */
  async #revolve(): Promise<void> {
    const { world, random, recorder } = this.#options;
    const inside: Member[] = [];
    while (await this.#pause(500)) {
      const outside = world.members.filter((member) => !inside.includes(member));
      const isLeaving = outside.length === 0 || (inside.length > 0 && random.chance(0.5));
      const member = random.pick(isLeaving ? inside : outside);
      const command: ConversationCommand = isLeaving
        ? { type: 'remove', user: member.user }
        : { type: 'invite', users: [member.user] };
      try {
        await world.host.request(world.revolving, command, AbortSignal.timeout(patienceMs));
      } catch (error) {
        // The host's client gave up waiting; the outbox has not: whether it happened is unknown, so begin with others.
        if (!(error instanceof ParleyError) && !(error instanceof DOMException)) throw error;
        continue;
      }
      if (!isLeaving) {
        inside.push(member);
        member.watch(world.revolving);
      } else {
        inside.splice(inside.indexOf(member), 1);
        // Nobody else invites here, so that nobody makes it right before the answer.
        for (const attempt of forbiddenAfterRemoval(member, world.revolving)) await trespass(attempt, recorder);
      }
      world.host.post(world.revolving);
      for (const person of inside) person.act(world.revolving);
    }
  }

  /** Outsiders and members try what is not allowed, and an outsider listens. */
  async #trespass(): Promise<void> {
    const { world, random, recorder } = this.#options;
    while (await this.#pause(700)) {
      await trespass(forbiddenIn(world, random), recorder);
      // Whatever came of it would be an event seen without the right to.
      world.outsider.watch(random.pick(world.groups).id);
    }
  }

  async #readBack(): Promise<void> {
    const { world, random } = this.#options;
    while (await this.#pause(100)) {
      const group = random.pick(world.groups);
      await random.pick(group.members).readBack(group.id);
    }
  }

  async #comeAndGo(): Promise<void> {
    const { world, random } = this.#options;
    const returns: Promise<void>[] = [];
    while (await this.#pause(1_500)) {
      const member = random.pick(world.members);
      if (this.#away.has(member)) continue;
      this.#away.add(member);
      await member.leave();
      returns.push(
        this.#pause(random.between(300, 6_000)).then((goesOn) => {
          if (!goesOn || !this.#away.delete(member)) return;
          member.arrive();
        }),
      );
    }
    await Promise.all(returns);
  }

  /** False once the load is to stop. */
  #pause(ms: number): Promise<boolean> {
    const { signal } = this.#stop;
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve(!signal.aborted);
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }
}
