import { stderr } from 'node:process';

/** The closing line. Latencies are from the call of `send` to delivery at a reader. */
export interface Report {
  readonly posted: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly disordered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

export const isGood = ({ posted, acknowledged, lost, duplicated, disordered }: Report): boolean =>
  posted === acknowledged && lost + duplicated + disordered === 0;

/** The value below which so much of a list lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}

export function table(report: Report): string {
  return Object.entries(report)
    .map(([name, value]) => `${name.padEnd(14)}${String(value).padStart(12)}`)
    .join('\n');
}

/** A bar on a terminal, nothing elsewhere. */
export class Progress {
  readonly #total: number;
  #done = 0;
  #shown = '';

  constructor(total: number) {
    this.#total = Math.max(1, total);
  }

  step(): void {
    this.#done++;
    if (!stderr.isTTY) return;
    const width = 30;
    const filled = Math.round((this.#done / this.#total) * width);
    const bar = `\r[${'█'.repeat(filled)}${'·'.repeat(width - filled)}] ${this.#done}/${this.#total}`;
    if (bar === this.#shown) return;
    this.#shown = bar;
    stderr.write(bar);
  }

  end(): void {
    if (stderr.isTTY) stderr.write('\n');
  }
}
