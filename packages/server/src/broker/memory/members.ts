import type { Member, Subscription } from '../port.ts';

type Watcher = (members: readonly Member[]) => void;

/** Who is alive: whoever has joined and not closed, since one process lives and dies as one. */
export class MemoryMembers {
  readonly #members = new Set<Member>();
  readonly #watchers = new Set<Watcher>();

  join(member: Member): Promise<Subscription> {
    this.#members.add(member);
    this.#tell();
    return Promise.resolve({
      close: () => {
        this.#members.delete(member);
        this.#tell();
        return Promise.resolve();
      },
    });
  }

  watch(watcher: Watcher): Promise<Subscription> {
    this.#watchers.add(watcher);
    watcher([...this.#members]);
    return Promise.resolve({
      close: () => {
        this.#watchers.delete(watcher);
        return Promise.resolve();
      },
    });
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher([...this.#members]);
  }
}
