/** Does something so many times a second, evenly, for so long; resolves with how often it was done. */
export function pace(perSecond: number, seconds: number, act: (index: number) => void): Promise<number> {
  const begun = performance.now();
  const total = Math.round(perSecond * seconds);
  let done = 0;
  return new Promise((resolve) => {
    const step = (): void => {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
      while (done < due) act(done++);
      if (done < total) setTimeout(step, 1);
      else resolve(done);
    };
    step();
  });
}
