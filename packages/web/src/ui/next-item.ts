/** Where a key leads among the items; `undefined` where it leads nowhere. */
export function nextItem(key: string, at: number, labels: readonly string[]): number | undefined {
  const count = labels.length;
  if (count === 0) return undefined;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key.length !== 1 || key === ' ') return undefined;
  for (let step = 1; step <= count; step++) {
    const index = (at + step) % count;
    if (labels[index]?.trim().toLowerCase().startsWith(key.toLowerCase()) === true) return index;
  }
  return undefined;
}
