import type { FaultKind } from '../faults/kinds.ts';
import type { EngineProcess } from './engine-process.ts';
import type { NodeProcess } from './node-process.ts';
import type { CuttingProxy } from './proxy.ts';

/** What an engine does for the nodes. */
export const enginePorts = ['broker', 'store', 'cache'] as const;
export type EnginePort = (typeof enginePorts)[number];

/** A deployment under test. */
export interface Stack {
  readonly name: string;
  /** Where clients connect: the balancing proxy. */
  readonly url: string;
  readonly nodes: readonly NodeProcess[];
  /** Between the clients and the nodes. */
  readonly proxy: CuttingProxy;
  /** What can be done to it. */
  readonly possible: readonly FaultKind[];
  /** Engines that run for this stack alone, so that they may be killed. */
  readonly engines: ReadonlyMap<EnginePort, EngineProcess>;
  /** The lines from each node, in the order of `nodes`, to each engine. */
  readonly lines: ReadonlyMap<EnginePort, readonly CuttingProxy[]>;
}
