import type { Verdict } from './check.ts';
import type { PlannedFault } from './faults/schedule.ts';

/** A fault that happened. Times are milliseconds after the load began. */
export interface Incident extends PlannedFault {
  readonly endedMs: number;
  /** Until sends in every probed conversation were acknowledged again; absent when one never was. */
  readonly recoveryMs: number | undefined;
}

/** What happened in one second of the run. */
export interface Second {
  readonly atMs: number;
  acknowledged: number;
  /** The slowest acknowledgement, in milliseconds. */
  slowestMs: number;
  residentMiB: number;
}

export interface Report {
  readonly stack: string;
  readonly mode: string;
  readonly seed: number;
  readonly seconds: number;
  readonly verdict: Verdict;
  readonly incidents: readonly Incident[];
  readonly timeline: readonly Second[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** How long everybody needed to be level in the end; absent when they never were. */
  readonly settledMs: number | undefined;
  /** What is wrong beside the promises: nodes that ended by themselves, a store that nobody can read. */
  readonly broken: readonly string[];
  readonly memory: { readonly baseMiB: number; readonly peakMiB: number; readonly boundMiB: number };
  readonly pass: boolean;
}

/** The closing line. */
export function summary(report: Report): Record<string, unknown> {
  const { stack, mode, seed, seconds, verdict, p50Ms, p99Ms, perSecond, settledMs, memory, pass } = report;
  const { findings: _findings, ...counts } = verdict;
  return {
    stack,
    mode,
    seed,
    seconds,
    ...counts,
    recoveryMs: recoveries(report.incidents),
    settledMs: settledMs ?? null,
    broken: report.broken.length,
    p50Ms,
    p99Ms,
    perSecond,
    peakMiB: memory.peakMiB,
    boundMiB: Number.isFinite(memory.boundMiB) ? memory.boundMiB : null,
    pass,
  };
}

/** Everything that was not as promised, in lines. */
export function findingsOf({ verdict, memory, incidents, settledMs, broken }: Report): readonly string[] {
  return [
    ...broken,
    ...Object.entries(verdict.findings).flatMap(([promise, found]) => found.map((what) => `${promise}: ${what}`)),
    ...(memory.peakMiB <= memory.boundMiB
      ? []
      : [`P6: the nodes grew from ${memory.baseMiB} to ${memory.peakMiB} MiB; ${memory.boundMiB} MiB is the bound`]),
    ...(settledMs === undefined ? ['P3: not everybody had caught up and been acknowledged within the time'] : []),
    ...incidents.flatMap(({ kind, recoveryMs, atMs }) =>
      recoveryMs === undefined ? [`P3: sends were never acknowledged again after ${kind} at ${atMs} ms`] : [],
    ),
  ];
}

/** The slowest recovery from each kind of fault; `null` for one that sends never recovered from. */
export function recoveries(incidents: readonly Incident[]): Record<string, number | null> {
  const slowest: Record<string, number | null> = {};
  for (const { kind, recoveryMs } of incidents) {
    const known = slowest[kind];
    slowest[kind] = recoveryMs === undefined || known === null ? null : Math.max(known ?? 0, recoveryMs);
  }
  return slowest;
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** One self-contained page: the timeline of who was down when, throughput and latency, recovery, a verdict per promise. */
export function html(report: Report): string {
  const { verdict, incidents, timeline, seconds, memory } = report;
  const width = 1_000;
  const x = (ms: number): number => Math.round((ms / (seconds * 1_000)) * width * 10) / 10;
  const chart = (title: string, value: (second: Second) => number, unit: string): string => {
    const highest = Math.max(1, ...timeline.map(value));
    const points = timeline
      .map((second) => `${x(second.atMs)},${Math.round(100 - (value(second) / highest) * 95)}`)
      .join(' ');
    return `<h3>${title} <small>up to ${Math.round(highest)} ${unit}</small></h3><svg viewBox="0 0 ${width} 100" preserveAspectRatio="none">${bands(incidents, x)}<polyline points="${points}"/></svg>`;
  };
  const rows = [
    ...Object.entries(verdict.findings).map(
      ([promise, found]) => [promise, found.length === 0, found.map(escape).join('<br>')] as const,
    ),
    [
      'P6',
      memory.peakMiB <= memory.boundMiB,
      `${memory.baseMiB} MiB at the start, ${memory.peakMiB} MiB at most, bound ${memory.boundMiB} MiB`,
    ] as const,
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>parley verify: ${escape(report.stack)}, seed ${report.seed}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1040px;margin:2rem auto;padding:0 1rem;color:#1c1c28}svg{width:100%;height:110px;background:#f6f6fa;border-radius:6px}
polyline{fill:none;stroke:#4b4acf;stroke-width:1.5;vector-effect:non-scaling-stroke}.band{fill:#e5484d;opacity:.18}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
.ok{color:#18794e}.bad{color:#c62a2f;font-weight:600}small{color:#667;font-weight:400}</style>
<h1>${report.pass ? '<span class="ok">Every promise held</span>' : '<span class="bad">A promise was broken</span>'}</h1>
<p>Stack ${escape(report.stack)}, mode ${escape(report.mode)}, seed ${report.seed}, ${seconds} s: ${verdict.acknowledged} messages acknowledged, ${verdict.lost} lost, ${verdict.duplicated} duplicated, ${verdict.disordered} disordered, ${verdict.leaked} leaked, ${verdict.unrecovered} unrecovered. Acknowledged in ${report.p50Ms} ms (median), ${report.p99Ms} ms (99 of 100).</p>
<table><tr><th>Promise<th>Verdict<th>Findings</tr>${rows.map(([promise, held, what]) => `<tr><td>${promise}<td class="${held ? 'ok' : 'bad'}">${held ? 'held' : 'broken'}<td>${what}</tr>`).join('')}</table>
${chart('Acknowledged a second', ({ acknowledged }) => acknowledged, 'a second')}
${chart('Slowest acknowledgement', ({ slowestMs }) => slowestMs, 'ms')}
${chart('Resident memory of the nodes', ({ residentMiB }) => residentMiB, 'MiB')}
<h3>Faults <small>red in the charts</small></h3>
<table><tr><th>At<th>Fault<th>Node<th>Lasted<th>Recovery</tr>${incidents
    .map(
      ({ atMs, kind, node, endedMs, recoveryMs }) =>
        `<tr><td>${(atMs / 1_000).toFixed(1)} s<td>${kind}<td>${node + 1}<td>${((endedMs - atMs) / 1_000).toFixed(1)} s<td>${recoveryMs === undefined ? '<span class="bad">never</span>' : `${recoveryMs} ms`}</tr>`,
    )
    .join('')}</table></html>
`;
}

const bands = (incidents: readonly Incident[], x: (ms: number) => number): string =>
  incidents
    .map(
      ({ atMs, endedMs }) =>
        `<rect class="band" x="${x(atMs)}" y="0" width="${Math.max(2, x(endedMs) - x(atMs))}" height="100"/>`,
    )
    .join('');
