import { conversations } from '../state/conversations.ts';
import { ready } from '../state/sync.ts';
import { CatchUp } from './catch-up.tsx';
import { FirstRun } from './first-run.tsx';

/** Where one is when one is nowhere: the first steps, or what is new. */
export function HomeView() {
  if (!ready.value) return <main class="view" tabIndex={-1} aria-busy="true" />;
  return conversations.value.size === 0 ? <FirstRun /> : <CatchUp />;
}
