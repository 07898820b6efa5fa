import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 699px)');

/** Whether there is room for one column only. The style sheets' narrow rules begin at the same width. */
export const narrow = signal(query.matches);
query.addEventListener('change', () => {
  narrow.value = query.matches;
});
