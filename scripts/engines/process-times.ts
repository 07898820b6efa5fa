import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:process';

/**
 * When a process started, as an opaque word; undefined when there is no such process. Together with the id it names a
 * process for good, while an id alone is given again.
 */
export function startTimeOf(pid: number): string | undefined {
  if (platform === 'linux') return fromProc(pid);
  try {
    const shown = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return shown === '' ? undefined : shown.replaceAll(' ', '-');
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in brackets, may hold blanks; what follows is state (field 3) … start time (field 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
