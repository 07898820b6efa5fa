import type { Signal, UserId } from '@parley/protocol';
import { signalFrame } from './frames.ts';
import type { Routing } from './routing.ts';
import type { Session } from './session.ts';

/** Who shows whose face: signals of a person's stream go to them. */
export class Faces {
  readonly #viewers = new Map<UserId, Set<Session>>();
  readonly #routing: Routing;

  constructor(routing: Routing) {
    this.#routing = routing;
  }

  set(session: Session, users: ReadonlySet<UserId>): void {
    for (const user of session.faces) if (!users.has(user)) this.#drop(session, user);
    for (const user of users) {
      if (session.faces.has(user)) continue;
      const viewers = this.#viewers.get(user);
      if (viewers !== undefined) viewers.add(session);
      else {
        this.#viewers.set(user, new Set([session]));
        // A face that is late by a moment harms nobody, so nothing waits for the confirmation.
        void this.#routing.watch(user);
      }
    }
    session.faces = users;
  }

  signal(user: UserId, signal: Signal): void {
    const viewers = this.#viewers.get(user);
    if (viewers === undefined) return;
    const frame = signalFrame(user, user, signal);
    for (const session of viewers) session.sendUnlessLagging(frame);
  }

  #drop(session: Session, user: UserId): void {
    const viewers = this.#viewers.get(user);
    viewers?.delete(session);
    if (viewers?.size !== 0) return;
    this.#viewers.delete(user);
    this.#routing.unwatch(user);
  }
}
