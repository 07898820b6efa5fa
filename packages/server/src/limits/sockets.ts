import type { Log } from '../log.ts';
import { isOwnMachine } from './command-limits.ts';

export interface SocketCaps {
  /** Sockets open at once from one address. */
  readonly perAddress: number;
  /** Sockets open at once of one account. */
  readonly perAccount: number;
}

/** Counts what is open on this node, since it is this node's memory that a socket costs. */
export class OpenSockets {
  readonly #caps: SocketCaps;
  readonly #log: Log;
  readonly #open = new Map<string, number>();
  #hasWarned = false;

  constructor(caps: SocketCaps, log: Log) {
    this.#caps = caps;
    this.#log = log;
  }

  /** Whether one more from there is let in; it then counts until `left`. */
  fromAddress(address: string | undefined): boolean {
    if (address === undefined || isOwnMachine(address)) return true;
    const isIn = this.#enter(`address ${address}`, this.#caps.perAddress);
    if (!isIn && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#log.warn(
        { address, sockets: this.#caps.perAddress },
        'an address has as many sockets as one may; if it is a proxy, set --trust-proxy and let it tell whose each is',
      );
    }
    return isIn;
  }

  ofAccount(user: string): boolean {
    return this.#enter(user, this.#caps.perAccount);
  }

  addressLeft(address: string | undefined): void {
    if (address !== undefined && !isOwnMachine(address)) this.#leave(`address ${address}`);
  }

  accountLeft(user: string): void {
    this.#leave(user);
  }

  #enter(key: string, cap: number): boolean {
    const open = this.#open.get(key) ?? 0;
    if (open >= cap) return false;
    this.#open.set(key, open + 1);
    return true;
  }

  #leave(key: string): void {
    const open = (this.#open.get(key) ?? 0) - 1;
    if (open > 0) this.#open.set(key, open);
    else this.#open.delete(key);
  }
}
