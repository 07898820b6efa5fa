import type { ConversationCommand, DeliveryMode } from '@parley/protocol';
import type { Recorder } from '../../packages/cli/src/verify/history.ts';
import type { Random } from '../../packages/cli/src/verify/random.ts';
import type { Device, ReadOutcome, SendOutcome } from '../clients/device.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Place } from './people.ts';

export interface WorkloadOptions {
  readonly devices: readonly Device[];
  readonly places: readonly Place[];
  readonly recorder: Recorder;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly commands: number;
  /** They are spread over so long. */
  readonly durationMs: number;
}

const emoji = ['👍', '🎉', '❤️'];

/** What people do in a run, each thing at its moment, whatever state their device is in then. */
export class Workload {
  readonly #options: WorkloadOptions;
  #posts = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  start(): void {
    const { places, random, scheduler, commands, durationMs } = this.#options;
    for (const place of places) scheduler.after(random.next() * 500, () => this.#create(place));
    for (let count = 0; count < commands; count++)
      scheduler.after(1_000 + random.next() * (durationMs - 1_000), () => this.#act());
  }

  /** Long messages, one after another, in the largest place. Returns a device of somebody who is in it. */
  flood(): Device {
    const { places, random } = this.#options;
    const [place] = places;
    if (place === undefined) throw new Error('there is no place to flood');
    for (let count = 0; count < 50; count++)
      void place.owner.send(place.id, { type: 'post', text: `${++this.#posts} ${'~'.repeat(900)}` });
    return this.#deviceIn({ ...place, members: [random.pick(place.members)] });
  }

  /** Somebody is put in or out where people come and go. */
  stir(): void {
    const place = this.#options.places.find(({ isRevolving, kind }) => isRevolving && kind === 'group');
    if (place !== undefined) this.#change(place);
  }

  #create({ id, kind, owner, members }: Place): void {
    const name = kind === 'direct' ? {} : { name: `a ${kind}` };
    const others = members.filter((member) => member !== owner).map(({ user }) => user);
    void owner.send(id, { type: 'create', kind, ...name, members: others });
  }

  #act(): void {
    const { places, random, devices } = this.#options;
    const place = random.pick(places);
    const member = this.#deviceIn(place);
    const choice = random.next();
    if (choice < 0.42) this.#post(place, member);
    else if (choice < 0.5) this.#browse(random.pick(devices));
    else if (choice < 0.58) this.#touch(place, member);
    else if (choice < 0.7) random.pick(devices).resend();
    else if (choice < 0.8)
      this.#change(places.find(({ isRevolving, kind }) => isRevolving && kind === 'group') ?? place);
    else if (choice < 0.84)
      void random.pick(devices).send(this.#channel(place).id, { type: random.chance(0.7) ? 'join' : 'leave' });
    else if (choice < 0.89)
      void member.send(member.user, { type: 'markRead', conversation: place.id, seq: member.lastSeen(place.id) });
    else if (choice < 0.95) void member.read(random.chance(0.8) ? place.id : member.user);
    else this.#trespass();
  }

  #post(place: Place, member: Device): void {
    const { random } = this.#options;
    // Bursts are what makes batches, and what a stalled reader falls behind by.
    const count = random.chance(0.15) ? random.between(3, 12) : 1;
    for (let index = 0; index < count; index++) {
      const text = `${++this.#posts} ${'·'.repeat(random.chance(0.1) ? 800 : random.between(0, 60))}`;
      const mentions = random.chance(0.15) ? { mentions: [random.pick(place.members).user] } : {};
      void member.send(place.id, { type: 'post', text, ...mentions }, this.#mode(place, member));
    }
  }

  #touch(place: Place, member: Device): void {
    const { random } = this.#options;
    const target = random.between(1, Math.max(1, member.lastSeen(place.id)));
    const command: ConversationCommand = random.chance(0.5)
      ? { type: 'edit', target, text: `edited ${++this.#posts}` }
      : { type: 'react', target, emoji: random.pick(emoji), on: random.chance(0.7) };
    void member.send(place.id, command);
  }

  /** Somebody looks through their conversations, faster than each is answered. */
  #browse(device: Device): void {
    const { random, places, scheduler } = this.#options;
    for (let count = random.between(1, 4); count > 0; count--) {
      const { id } = random.pick(places);
      scheduler.after(random.next() * 100, () => device.screen.turn(id));
    }
  }

  #change(place: Place): void {
    const { random, devices, scheduler } = this.#options;
    const device = random.pick(devices);
    const { user } = device;
    const choice = random.next();
    if (choice < 0.45) void place.owner.send(place.id, { type: 'invite', users: [user] });
    else if (choice < 0.9) void place.owner.send(place.id, { type: 'remove', user });
    else void device.send(place.id, { type: 'leave' });
    // Said and read at the very moment of the change: what follows it must not reach those who are out by then.
    for (let index = random.between(0, 2); index > 0; index--) this.#post(place, place.owner);
    for (let index = random.between(0, 3); index > 0; index--)
      scheduler.after(random.next() * 80, () => void device.read(place.id));
  }

  /** Somebody who is no member of a private conversation, and never will be, tries everything. */
  #trespass(): void {
    const { places, random, devices, recorder } = this.#options;
    const place = random.pick(places.filter(({ kind, isRevolving }) => kind !== 'channel' && !isRevolving));
    const inside = new Set(place.members.map(({ user }) => user));
    const outsider = random.pick(devices.filter(({ user }) => !inside.has(user)));
    const attempts: readonly [string, () => Promise<SendOutcome | ReadOutcome>][] = [
      ['a post by an outsider', () => outsider.send(place.id, { type: 'post', text: 'I should not be here' })],
      ['an outsider inviting itself', () => outsider.send(place.id, { type: 'invite', users: [outsider.user] })],
      ['an outsider reading', () => outsider.read(place.id)],
    ];
    if (random.chance(0.3)) outsider.watch(place.id);
    const [what, attempt] = random.pick(attempts);
    void attempt().then((outcome) => {
      const isAllowed = outcome === 'acknowledged' || outcome === 'read';
      recorder.forbidden.push({ what: `${what} of ${place.id}`, outcome: isAllowed ? 'allowed' : 'refused' });
    });
  }

  #deviceIn(place: Place): Device {
    const { devices, random } = this.#options;
    const member = random.pick(place.members);
    return random.pick(devices.filter(({ user }) => user === member.user));
  }

  #channel(otherwise: Place): Place {
    return this.#options.places.find(({ kind }) => kind === 'channel') ?? otherwise;
  }

  #mode(place: Place, member: Device): DeliveryMode {
    const choice = this.#options.random.next();
    if (choice < 0.75) return 'exactly-once';
    if (choice < 0.85) return 'at-most-once';
    // Acknowledged by the log alone, it may still be refused: only where that cannot be does it have to be stored.
    return !place.isRevolving && member.lastSeen(place.id) > 0 ? 'at-least-once' : 'exactly-once';
  }
}
