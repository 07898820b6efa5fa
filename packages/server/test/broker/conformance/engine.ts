import type { Broker } from '../../../src/broker/port.ts';

/** What an adapter's test gives the suite. */
export interface BrokerEngine {
  /** One node's access; each call is another node of the same installation. The suite closes it. */
  connect(): Promise<Broker>;
  /**
   * The bound on what one `publish` after the other may leave unsettled or unconsumed before it is refused: records
   * waiting, for an engine that holds them back, or calls under way, for one whose log is a disk. Absent: not tested.
   */
  readonly maxQueued?: number;
  /** Breaks the connections of every node in mid-flight while the engine lives on, once. */
  readonly cutConnections?: () => Promise<void>;
  /** Drops topics and queues; called when every node is closed. */
  readonly close?: () => Promise<void>;
}

/** Makes an installation of its own (topics, queues or a virtual host of fresh names) with so many partitions. */
export type OpenBrokerEngine = (options: { readonly partitions: number }) => Promise<BrokerEngine>;

export const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
export const bytes = (payload: string): Uint8Array => new TextEncoder().encode(payload);

interface Closable {
  close(): Promise<void>;
}

/** A test's engine and nodes; closes what was opened, last first. */
export class Installation implements AsyncDisposable {
  readonly engine: BrokerEngine;
  readonly #opened: Closable[] = [];

  private constructor(engine: BrokerEngine) {
    this.engine = engine;
  }

  static async open(open: OpenBrokerEngine, partitions: number): Promise<Installation> {
    return new Installation(await open({ partitions }));
  }

  async node(): Promise<Broker> {
    const broker = await this.engine.connect();
    this.#opened.push(broker);
    return broker;
  }

  /** Closes the resource when the test ends, unless the test does. */
  async closing<Resource extends Closable>(opening: Promise<Resource>): Promise<Resource> {
    const resource = await opening;
    this.#opened.push(resource);
    return resource;
  }

  async close(resource: Closable): Promise<void> {
    this.#opened.splice(this.#opened.indexOf(resource), 1);
    await resource.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#opened.splice(0).toReversed()) await resource.close();
    await this.engine.close?.();
  }
}
