import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const ticksPerSecond = 100;

/** CPU time of a process and all its threads, user and system, in seconds, as the operating system accounts it. */
export function cpuSecondsOf(pid: number): number {
  // The name in parentheses may hold spaces: fields are counted after it (proc(5)).
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The same of a process and of those it has started that run: with `--workers`, a server is several. */
export const cpuSecondsOfAll = (pid: number): number =>
  startedBy(pid).reduce((sum, child) => sum + cpuSecondsOfAll(child), cpuSecondsOf(pid));

const startedBy = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );

/** Resident memory of a process, in bytes. */
export const residentBytesOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
