import { type Audit } from '../audit/index.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Clock } from '../clock.ts';
import type { CommandLimits } from '../limits/command-limits.ts';
import type { Log } from '../log.ts';
import type { StreamStates } from '../reads/states.ts';
import type { Store } from '../store/port.ts';
import { Bans, type BansOptions } from './bans.ts';
import { WordFilters } from './filters.ts';
import { createGate, type Gate } from './gate.ts';
import { Reports } from './reports.ts';

export type { Gate } from './gate.ts';

/** Keeping order, beside what conversations decide themselves: reports, bans from the server, filters of words. */
export interface Moderation {
  readonly filters: WordFilters;
  readonly bans: Bans;
  readonly reports: Reports;
  readonly gate: Gate;
}

export interface ModerationOptions {
  readonly store: Store;
  readonly states: StreamStates;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  readonly refusals: Refusals;
  readonly limits: CommandLimits;
  readonly endSessions: BansOptions['endSessions'];
}

export function createModeration(options: ModerationOptions): Moderation {
  const filters = new WordFilters(options);
  return {
    filters,
    bans: new Bans(options),
    reports: new Reports(options),
    gate: createGate({ ...options, filters }),
  };
}
