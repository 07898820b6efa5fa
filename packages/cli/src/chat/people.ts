import type { ParleyClient, Profile, UserId } from '@parley/client';

/** Names of people, asked for once. */
export class People {
  readonly #names = new Map<UserId, string>();
  readonly #client: ParleyClient;

  constructor(client: ParleyClient) {
    this.#client = client;
  }

  meet(people: readonly Profile[]): void {
    for (const { id, name } of people) this.#names.set(id, name);
  }

  /** Makes sure that these are known, as far as the server tells. */
  async need(ids: readonly UserId[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#names.has(id));
    if (unknown.length > 0) this.meet(await this.#client.rest.users({ ids: unknown.slice(0, 500) }));
  }

  nameOf(id: UserId): string {
    return this.#names.get(id) ?? id;
  }
}
