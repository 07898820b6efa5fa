import type { Subscription } from '../../packages/server/src/broker/port.ts';
import { silentLog } from '../../packages/server/src/log.ts';
import { Sequencer } from '../../packages/server/src/sequencer/index.ts';
import { connectStore } from '../engines/store.ts';
import { Process } from '../time/process.ts';
import type { Cluster, Node } from './cluster.ts';

/** Small enough that a short run goes beyond each. */
const bounds = { maxLoadedStreams: 3, maxRemembered: 6, minEventsPerSnapshot: 8 };

/** A process that runs a real sequencer. */
export class SequencerNode implements Node {
  readonly process: Process;
  readonly #sequencer: Sequencer;
  readonly #membership: Subscription;

  private constructor(process: Process, sequencer: Sequencer, membership: Subscription) {
    this.process = process;
    this.#sequencer = sequencer;
    this.#membership = membership;
  }

  static async start(cluster: Cluster, name: string): Promise<SequencerNode> {
    const process = new Process(cluster.scheduler, name);
    const broker = cluster.broker.connect(process);
    const sequencer = new Sequencer({
      node: name,
      broker,
      store: connectStore(cluster.data, process, cluster.conditions),
      clock: process.clock,
      ids: process.ids,
      log: silentLog,
      maxBatch: 50,
      bounds,
      safeguards: cluster.safeguards.sequencer,
    });
    const membership = await broker.join({ node: name, roles: ['sequencer'] });
    await sequencer.start();
    return new SequencerNode(process, sequencer, membership);
  }

  kill(): void {
    this.process.kill();
  }

  async stop(): Promise<void> {
    await this.#sequencer.stop();
    await this.#membership.close();
    this.process.kill();
  }
}
