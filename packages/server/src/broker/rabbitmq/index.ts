import type { Log } from '../../log.ts';
import { EngineError, untilReachable } from '../../patience.ts';
import type { Broker } from '../port.ts';
import { Subscriptions } from '../subscriptions.ts';
import { explain, openChannel, RabbitConnection } from './connection.ts';
import { RabbitInboxes } from './inboxes.ts';
import { RabbitLog } from './log.ts';
import { RabbitMembers } from './members.ts';
import { makeTopology, type Topology, topologyOf } from './topology.ts';
import { parseRabbitUrl, type RabbitSettings } from './url.ts';

export interface RabbitBrokerOptions {
  /** Partitions of the log; fixed at installation, checked against the queues. */
  readonly partitions: number;
  readonly log: Log;
  /** Longest time to wait for a server that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
}

/**
 * One node's access to RabbitMQ 3.10 or later; makes queues and exchanges where they are missing.
 * @throws EngineError: unreachable, wrong credentials, missing rights, another number of partitions, a URL that cannot be read
 */
export async function openRabbitBroker(url: string, options: RabbitBrokerOptions): Promise<Broker> {
  const settings = parseRabbitUrl(url);
  const { partitions, log } = options;
  const topology = topologyOf(settings.prefix);
  const { engine } = new RabbitConnection(settings, log);
  // All of it again where the server goes away in the middle: a node that starts while RabbitMQ restarts waits for it.
  const { outgoing, incoming, members } = await untilReachable({ ...options, engine }, () =>
    connected(settings, topology, options),
  );
  const { heartbeats } = members;
  const commands = new RabbitLog({ settings, outgoing, incoming, topology, partitions, heartbeats, log });
  const inboxes = new RabbitInboxes({ outgoing, incoming, topology });
  const subscriptions = new Subscriptions();
  return {
    partitions,
    durable: true,
    publish: (partition, payloads) => commands.publish(partition, payloads),
    consume: (consumer, how) => subscriptions.keep(commands.consume(consumer, how)),
    isLeftOut: () => heartbeats.isLeftOut,
    openInbox: (node, receive) => subscriptions.keep(inboxes.open(node, receive)),
    send: (node, payload) => inboxes.send(node, payload),
    join: (member) => Promise.resolve(heartbeats.join(member)),
    watchMembers: (changed) => Promise.resolve(heartbeats.watch(changed)),
    async check() {
      try {
        const channel = await openChannel(outgoing.model);
        await channel.checkExchange(topology.beats);
        await channel.close();
      } catch (cause) {
        throw new EngineError(`${engine} does not answer.`, { cause });
      }
    },
    async close() {
      await subscriptions.closeAll();
      await commands.close();
      await members.close();
      await Promise.all([outgoing.close(), incoming.close()]);
    },
  };
}

async function connected(settings: RabbitSettings, topology: Topology, { partitions, log }: RabbitBrokerOptions) {
  const [outgoing, incoming] = [new RabbitConnection(settings, log), new RabbitConnection(settings, log)];
  const { engine } = outgoing;
  try {
    for (const connection of [outgoing, incoming]) await connection.open();
    await makeTopology(outgoing.model, topology, partitions, engine);
    const members = new RabbitMembers({ outgoing, incoming, topology });
    await members.open();
    return { outgoing, incoming, members };
  } catch (error) {
    await Promise.all([outgoing.close(), incoming.close()]);
    throw explain(engine, error);
  }
}
