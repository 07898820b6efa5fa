import { type Command, isConversationStream, ParleyError } from '@parley/protocol';
import type { Origin } from '../audit/index.ts';
import type { RateLimit } from '../gateway/rate.ts';
import type { Wish } from '../stream/types.ts';
import type { RateSource } from './shared-rates.ts';

/** How much of an account's rate may be spent on one kind of command: what makes things, and what disturbs many. */
const shares: Partial<Record<Command['type'], number>> = {
  create: 0.1,
  invite: 0.2,
  join: 0.2,
  leave: 0.2,
  react: 0.5,
  edit: 0.5,
  pin: 0.2,
  rename: 0.05,
  setTopic: 0.05,
};
/** All people behind one address together, and all in one conversation: so many times what one account may. */
const crowd = 20;

/** Limits on commands beside the one on the account, which is charged before: on its kind, its address and its conversation. */
export class CommandLimits {
  readonly #byAction = new Map<Command['type'], RateLimit>();
  readonly #byAddress: RateLimit;
  readonly #byConversation: RateLimit;

  constructor(rates: RateSource, account: { readonly perSecond: number; readonly burst: number }) {
    for (const [type, share] of Object.entries(shares) as [Command['type'], number][]) {
      const options = { perSecond: account.perSecond * share, burst: Math.max(1, Math.round(account.burst * share)) };
      this.#byAction.set(type, rates.limit(`action ${type}`, options));
    }
    const many = { perSecond: account.perSecond * crowd, burst: account.burst * crowd };
    this.#byAddress = rates.limit('address', many);
    this.#byConversation = rates.limit('conversation', many);
  }

  /** Why the command has to wait, if so. */
  refusal({ stream, actor, command }: Wish, from: Origin | undefined): ParleyError | undefined {
    const address = from?.address;
    const waitMs =
      (this.#byAction.get(command.type)?.charge(actor) ?? 0) ||
      (isConversationStream(stream) ? this.#byConversation.charge(stream) : 0) ||
      (address === undefined || isOwnMachine(address) ? 0 : this.#byAddress.charge(address));
    return waitMs > 0 ? new ParleyError('rate-limited', { retryAfterMs: waitMs }) : undefined;
  }
}

/** A proxy on this machine that is not believed would make everybody one. */
export const isOwnMachine = (address: string): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address);
