const barWidth = 30;
/** Often enough to look alive, seldom enough to cost nothing. */
const redrawMs = 100;

/** Shows how far a replay is; silent where nobody looks. */
export interface Progress {
  phase(text: string): void;
  update(done: number, total: number): void;
  end(): void;
}

/** A bar on a terminal; on anything else nothing. */
export function progressOn(out: NodeJS.WriteStream): Progress {
  if (!out.isTTY) return { phase: () => undefined, update: () => undefined, end: () => undefined };
  const start = performance.now();
  let drawnAt = 0;
  const draw = (text: string): void => void out.write(`\r\u001b[K${text}`);
  return {
    phase: draw,
    update(done, total) {
      const now = performance.now();
      if (now - drawnAt < redrawMs && done < total) return;
      drawnAt = now;
      draw(`${bar(done, total)} ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}  ${Math.round((now - start) / 1_000)} s`);
    },
    end: () => void out.write('\r\u001b[K'),
  };
}

export function bar(done: number, total: number): string {
  const full = total === 0 ? barWidth : Math.round((Math.min(done, total) / total) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
}
