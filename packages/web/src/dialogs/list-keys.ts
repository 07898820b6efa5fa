import { useEffect, useState } from 'preact/hooks';

export interface ListKeys {
  readonly active: number;
  readonly setActive: (index: number) => void;
  /** For the text field that steers the list. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** A list steered from a text field: arrows move, Enter chooses, the first entry is offered anew with each query. */
export function useListKeys(count: number, query: string, choose: (index: number) => void): ListKeys {
  const [active, setActive] = useState(0);
  useEffect(() => setActive(0), [query]);
  const shown = Math.min(active, Math.max(0, count - 1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Enter') choose(shown);
    else if (event.key === 'ArrowDown' && count > 0) setActive((shown + 1) % count);
    else if (event.key === 'ArrowUp' && count > 0) setActive((shown - 1 + count) % count);
    else return;
    event.preventDefault();
  };
  return { active: shown, setActive, onKeyDown };
}
