import type { EventPage, StreamId } from '@parley/protocol';
import type { Subscription } from '../../packages/server/src/broker/port.ts';
import { createMemoryCache } from '../../packages/server/src/cache/memory/index.ts';
import { Gateway } from '../../packages/server/src/gateway/index.ts';
import type { Principal } from '../../packages/server/src/gateway/port.ts';
import { silentLog } from '../../packages/server/src/log.ts';
import { readEvents } from '../../packages/server/src/reads/events.ts';
import { createStates } from '../../packages/server/src/reads/states.ts';
import type { Wire } from '../clients/wire.ts';
import { connectStore } from '../engines/store.ts';
import { Process } from '../time/process.ts';
import type { Cluster, Node } from './cluster.ts';
import { sealedStore } from './sealed.ts';

/** Small enough that a short run goes beyond each. */
const bounds = { tailEvents: 6, maxEventsBehind: 40, maxFrameChars: 4_096, lingerMs: 4_000 };
const rate = { perSecond: 10, burst: 20 };
const drainMs = 2_000;

type Read = (principal: Principal, stream: StreamId, after: number, limit: number) => Promise<EventPage>;

/** A process that runs a real gateway and the reads beside it. */
export class GatewayNode implements Node {
  readonly process: Process;
  readonly readEvents: Read;
  readonly #gateway: Gateway;
  readonly #membership: Subscription;
  readonly #wires = new Set<Wire>();

  private constructor(process: Process, gateway: Gateway, membership: Subscription, read: Read) {
    this.process = process;
    this.readEvents = read;
    this.#gateway = gateway;
    this.#membership = membership;
  }

  static async start(cluster: Cluster, name: string): Promise<GatewayNode> {
    const { scheduler } = cluster;
    const process = new Process(scheduler, name);
    const broker = cluster.broker.connect(process);
    const engine = connectStore(cluster.data, process, cluster.conditions);
    const { sealing, store } = sealedStore(engine, process, cluster.safeguards.seals ? cluster.keyring : undefined);
    const states = createStates({ store });
    const gateway = new Gateway({
      node: name,
      broker,
      store,
      states,
      sealing,
      cache: createMemoryCache({ clock: process.clock }),
      clock: process.clock,
      log: silentLog,
      defer: (callback) => scheduler.after(0, () => process.run(callback)),
      random: () => scheduler.random.next(),
      rate,
      authenticate: (token) => Promise.resolve(cluster.principals.get(token)),
      onEffectAnswered: () => undefined,
      bounds,
      safeguards: cluster.safeguards.gateway,
    });
    await gateway.start();
    const membership = await broker.join({ node: name, roles: ['gateway'] });
    return new GatewayNode(process, gateway, membership, (principal, stream, after, limit) =>
      readEvents({ store, states }, principal, stream, after, limit),
    );
  }

  /** A client's socket arrives. */
  accept(wire: Wire): void {
    this.#wires.add(wire);
    wire.connect((socket) => this.#gateway.accept(socket, undefined));
  }

  kill(): void {
    this.process.kill();
    for (const wire of this.#wires) wire.gatewayDied();
  }

  async stop(): Promise<void> {
    await this.#gateway.drain(drainMs);
    await this.#gateway.stop();
    await this.#membership.close();
    this.kill();
  }
}
