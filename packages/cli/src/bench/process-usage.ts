import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const ticksPerSecond = 100;

/** CPU time in seconds, as the operating system accounts it. */
export interface CpuSeconds {
  /** Of the program itself. */
  readonly user: number;
  /** Of the kernel, working for it. */
  readonly system: number;
}

/** CPU time of a process and all its threads. */
function cpuSecondsOf(pid: number): CpuSeconds {
  // The name in parentheses may hold spaces: fields are counted after it (proc(5)).
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { user: Number(fields[11]) / ticksPerSecond, system: Number(fields[12]) / ticksPerSecond };
}

/** The same of a process and of those it has started that run: with `--workers`, a server is several. */
export const cpuSecondsOfAll = (pid: number): CpuSeconds =>
  startedBy(pid)
    .map(cpuSecondsOfAll)
    .reduce((sum, child) => ({ user: sum.user + child.user, system: sum.system + child.system }), cpuSecondsOf(pid));

const startedBy = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );

/** Resident memory of a process, in bytes. */
export const residentBytesOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
