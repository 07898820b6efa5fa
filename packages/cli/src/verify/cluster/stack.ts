import type { FaultKind } from '../faults/kinds.ts';
import type { NodeProcess } from './node-process.ts';
import type { CuttingProxy } from './proxy.ts';

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
  /** Restarts an engine and resolves when it answers again. */
  restartEngine(port: 'broker' | 'store' | 'cache'): Promise<void>;
  close(): Promise<void>;
}
