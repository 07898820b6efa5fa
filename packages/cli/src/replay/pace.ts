import type { ChatLine } from './lines.ts';

/** When a line may be said: at once, so many a second over all channels, or as it was said, faster. */
export function paceOf({
  perSecond,
  speed,
}: {
  perSecond?: number;
  speed?: number;
}): (line: ChatLine) => Promise<void> {
  const startedAt = Date.now();
  if (perSecond !== undefined) {
    let count = 0;
    return () => until(startedAt + (count++ * 1_000) / perSecond);
  }
  if (speed === undefined) return () => Promise.resolve();
  // Each excerpt starts with the replay; a clock that goes back has passed midnight.
  const clocks = new Map<string, { last: number; elapsed: number }>();
  return ({ file, minute }) => {
    const clock = clocks.get(file) ?? { last: minute ?? 0, elapsed: 0 };
    clocks.set(file, clock);
    if (minute !== undefined) {
      clock.elapsed += (minute - clock.last + 1_440) % 1_440;
      clock.last = minute;
    }
    return until(startedAt + (clock.elapsed * 60_000) / speed);
  };
}

function until(at: number): Promise<void> {
  const waitMs = at - Date.now();
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, waitMs));
}
