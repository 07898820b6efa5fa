import { Link, parseLocalUrl } from '../../link.ts';
import type { Broker, LogConsumer, LogRecord, Member, Subscription } from '../port.ts';
import { Subscriptions } from '../subscriptions.ts';

/**
 * The memory broker of another process of this machine, over its local socket. What was published is that process's, and
 * gone with it: a broker in memory all the same.
 */
export async function openLocalBroker(url: string): Promise<Broker> {
  const subscriptions = new Subscriptions();
  const inboxes = new Map<number, (payload: Uint8Array) => void>();
  const watchers = new Map<number, (members: readonly Member[]) => void>();
  const consumers = new Map<number, LogConsumer>();
  let lastId = 0;

  const link = await Link.connect(parseLocalUrl(url).path, {
    handle(name, [id, ...args]) {
      const number = Number(id);
      switch (name) {
        case 'received':
          return inboxes.get(number)?.(args[0] as Uint8Array);
        case 'members':
          return watchers.get(number)?.(args[0] as readonly Member[]);
        case 'assigned':
          return consumers.get(number)?.assigned(Number(args[0]));
        case 'revoked':
          return consumers.get(number)?.revoked(Number(args[0]));
        case 'batch':
          return consumers.get(number)?.batch(Number(args[0]), args[1] as readonly LogRecord[]);
        default:
          throw new Error(`nobody here does ${name}`);
      }
    },
    closed: () => undefined,
  });
  /** Opens something there that calls back by a number of ours, until it is closed. */
  const open = <Callback>(
    callbacks: Map<number, Callback>,
    callback: Callback,
    name: string,
    args: readonly unknown[],
  ): Promise<Subscription> => {
    const id = ++lastId;
    callbacks.set(id, callback);
    const opening = link.request(name, [id, ...args]).then(() => ({
      async close() {
        // Where the other side is gone, so is what was open there.
        await link.request('close', [id]).catch(() => undefined);
        callbacks.delete(id);
      },
    }));
    return subscriptions.keep(opening);
  };

  const { partitions, durable } = (await link.request('open', ['broker', process.pid])) as Broker;
  return {
    partitions,
    durable,
    carriesValues: true,
    async publish(partition, payloads) {
      await link.request('publish', [partition, payloads]);
    },
    consume: (consumer, { maxBatch }) => open(consumers, consumer, 'consume', [maxBatch]),
    openInbox: (node, receive) => open(inboxes, receive, 'openInbox', [node]),
    send: (node, payload) => link.tell('send', [node, payload]),
    join: (member) => open(new Map<number, undefined>(), undefined, 'join', [member]),
    watchMembers: (changed) => open(watchers, changed, 'watchMembers', []),
    async check() {
      await link.request('check', []);
    },
    async close() {
      await subscriptions.closeAll();
      link.close();
    },
  };
}
