import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { Broker, LogConsumer, Member, Subscription } from '../broker/port.ts';
import type { Cache } from '../cache/port.ts';
import { Link } from '../link.ts';
import type { Store } from '../store/port.ts';
import { gathered, type MetricsAsJson } from './metrics.ts';

/** The engines of this process that others of this machine use. */
export interface SharedEngines {
  readonly broker: Broker;
  readonly store: Store;
  readonly cache: Cache;
}

export interface HubOptions extends SharedEngines {
  /** Of the local socket: in a folder that nobody else may enter. On Windows the name of a pipe. */
  readonly path: string;
  /** What this process measures. */
  readonly metrics: MetricsAsJson;
  /** A process has lost a link to an engine, whatever the cause. */
  readonly lost: (pid: number) => void;
}

type Handle = (name: string, args: readonly unknown[]) => unknown;

/** Lends engines in this process to other processes of this machine, each by a link of its own. */
export async function openHub(options: HubOptions): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  /** To each of the other processes, for what they measure. */
  const measured = new Set<Link>();
  const server = createServer((socket) => {
    sockets.add(socket);
    lend(socket, options, measured, () => sockets.delete(socket));
  });
  server.listen(options.path);
  await once(server, 'listening');
  if (process.platform !== 'win32') await chmod(options.path, 0o600);
  return {
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (sockets.size > 0) await once(server, 'close');
    },
  };
}

function lend(socket: Socket, options: HubOptions, measured: Set<Link>, closed: () => void): void {
  let pid: number | undefined;
  const subscriptions = new Open();
  const link: Link = new Link(socket, {
    handle(name, args) {
      if (name !== 'open') return handle(name, args);
      pid = Number(args[1]);
      if (args[0] === 'broker') {
        handle = ofBroker(link, options.broker, subscriptions);
        return { partitions: options.broker.partitions, durable: options.broker.durable };
      }
      if (args[0] === 'metrics') {
        measured.add(link);
        handle = () => gathered(options.metrics, measured);
      } else handle = ofMethods(args[0] === 'store' ? options.store : options.cache);
      return undefined;
    },
    closed() {
      closed();
      measured.delete(link);
      void subscriptions.closeAll();
      if (pid !== undefined) options.lost(pid);
    },
  });
  let handle: Handle = (name) => {
    throw new Error(`say which engine before ${name}`);
  };
}

/** Methods by name; what is behind them is closed by its owner. */
function ofMethods(engine: object): Handle {
  const methods = new Map(Object.entries(engine).filter(([name]) => name !== 'close' && name !== 'contents'));
  return (name, args) => {
    const method: unknown = methods.get(name);
    if (typeof method !== 'function') throw new Error(`there is no ${name} to be done`);
    return (method as (...args: readonly unknown[]) => unknown)(...args);
  };
}

/** What one link has opened: closed with it. */
class Open {
  readonly #subscriptions = new Map<unknown, Subscription>();
  #isClosed = false;

  async keep(id: unknown, opening: Promise<Subscription>): Promise<void> {
    const subscription = await opening;
    if (this.#isClosed) await subscription.close();
    else this.#subscriptions.set(id, subscription);
  }

  async close(id: unknown): Promise<void> {
    const subscription = this.#subscriptions.get(id);
    this.#subscriptions.delete(id);
    await subscription?.close();
  }

  async closeAll(): Promise<void> {
    this.#isClosed = true;
    for (const id of [...this.#subscriptions.keys()].toReversed()) await this.close(id);
  }
}

function ofBroker(link: Link, broker: Broker, open: Open): Handle {
  return async (name, args) => {
    const [first, second] = args;
    switch (name) {
      case 'publish':
        return broker.publish(Number(first), second as readonly Uint8Array[]);
      case 'send':
        return broker.send(String(first), second as Uint8Array);
      case 'openInbox':
        return open.keep(
          first,
          broker.openInbox(String(second), (payload) => link.tell('received', [first, payload])),
        );
      case 'join':
        return open.keep(first, broker.join(second as Member));
      case 'watchMembers':
        return open.keep(
          first,
          broker.watchMembers((members) => link.tell('members', [first, members])),
        );
      case 'consume':
        return open.keep(first, broker.consume(consumerOver(link, first), { maxBatch: Number(second) }));
      case 'close':
        return open.close(first);
      case 'check':
        return broker.check();
      default:
        throw new Error(`there is no ${name} to be done`);
    }
  };
}

function consumerOver(link: Link, id: unknown): LogConsumer {
  return {
    // One that is gone holds nothing any more, and is about to be closed.
    async assigned(partition) {
      await link.request('assigned', [id, partition]).catch(() => undefined);
    },
    async revoked(partition) {
      await link.request('revoked', [id, partition]).catch(() => undefined);
    },
    async batch(partition, records) {
      await link.request('batch', [id, partition, records]);
    },
  };
}
