import { aptInstall } from './apt.ts';
import type { Say } from './engine.ts';

/** Programs that are only installed here: what they run is decided by the cluster they stand in front of. */
export const balancers: Readonly<Record<string, (say: Say) => Promise<void>>> = {
  haproxy: (say) => aptInstall([{ programs: ['haproxy'], debian: 'haproxy' }], say),
  nginx: (say) => aptInstall([{ programs: ['nginx'], debian: 'nginx' }], say),
};
