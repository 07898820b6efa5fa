import type { NodeProcess } from './node-process.ts';

const everyMs = 500;
const timeoutMs = 1_000;
/** Refusals in a row after which a node gets no more clients. */
const maxFailures = 3;

/** Asks every node whether it is ready, as the balancers do whose settings are in `deploy/`. */
export class Health {
  readonly #failures: number[];
  readonly #nodes: readonly NodeProcess[];
  readonly #onDown: (node: NodeProcess) => void;
  readonly #checking: NodeJS.Timeout;

  /** @param onDown told once when a node stops being ready: its clients are cut off, and resume elsewhere */
  constructor(nodes: readonly NodeProcess[], onDown: (node: NodeProcess) => void) {
    this.#nodes = nodes;
    this.#onDown = onDown;
    this.#failures = nodes.map(() => 0);
    this.#checking = setInterval(() => nodes.forEach((node, index) => void this.#check(node, index)), everyMs);
  }

  get ready(): readonly NodeProcess[] {
    return this.#nodes.filter((_, index) => (this.#failures[index] ?? 0) < maxFailures);
  }

  close(): void {
    clearInterval(this.#checking);
  }

  async #check(node: NodeProcess, index: number): Promise<void> {
    if (await node.isReady(timeoutMs)) {
      this.#failures[index] = 0;
      return;
    }
    const failures = (this.#failures[index] ?? 0) + 1;
    this.#failures[index] = failures;
    if (failures === maxFailures) this.#onDown(node);
  }
}
