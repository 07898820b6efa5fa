import type { StreamId } from '@parley/protocol';

/**
 * Which nodes watch which streams of one partition. A node that has not told yet counts as watching everything
 * (design, section 5): nothing is lost when the partition changes its owner, at the price of some extra traffic.
 */
export class Watchers {
  readonly #nodesByStream = new Map<StreamId, Set<string>>();
  readonly #told = new Set<string>();
  #gateways: readonly string[] = [];

  /** The live gateways changed. Those that are gone are forgotten. Returns those that have not told what they watch. */
  setGateways(gateways: readonly string[]): readonly string[] {
    this.#gateways = gateways;
    const live = new Set(gateways);
    for (const node of this.#told) if (!live.has(node)) this.#told.delete(node);
    for (const [stream, nodes] of this.#nodesByStream) {
      for (const node of nodes) if (!live.has(node)) this.#drop(stream, nodes, node);
    }
    return gateways.filter((node) => !this.#told.has(node));
  }

  add(node: string, streams: readonly StreamId[], complete: boolean): void {
    if (complete) {
      for (const [stream, nodes] of this.#nodesByStream) this.#drop(stream, nodes, node);
      this.#told.add(node);
    }
    for (const stream of streams) {
      const nodes = this.#nodesByStream.get(stream);
      if (nodes === undefined) this.#nodesByStream.set(stream, new Set([node]));
      else nodes.add(node);
    }
  }

  remove(node: string, streams: readonly StreamId[]): void {
    for (const stream of streams) {
      const nodes = this.#nodesByStream.get(stream);
      if (nodes !== undefined) this.#drop(stream, nodes, node);
    }
  }

  /** Who gets the news of a stream. */
  of(stream: StreamId): ReadonlySet<string> {
    const watching = this.#nodesByStream.get(stream);
    if (this.#gateways.every((node) => this.#told.has(node))) return watching ?? nobody;
    const nodes = new Set(watching);
    for (const node of this.#gateways) if (!this.#told.has(node)) nodes.add(node);
    return nodes;
  }

  #drop(stream: StreamId, nodes: Set<string>, node: string): void {
    nodes.delete(node);
    if (nodes.size === 0) this.#nodesByStream.delete(stream);
  }
}

const nobody: ReadonlySet<string> = new Set();
