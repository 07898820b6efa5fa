import type { AllSafeguards } from './simulate.ts';
import { everySafeguard } from './simulate.ts';

const without = (change: {
  readonly engines?: Partial<AllSafeguards['engines']>;
  readonly gateway?: Partial<AllSafeguards['gateway']>;
  readonly sequencer?: Partial<AllSafeguards['sequencer']>;
  readonly client?: Partial<AllSafeguards['client']>;
  readonly holdsBack?: boolean;
  readonly seals?: boolean;
}): AllSafeguards => ({
  engines: { ...everySafeguard.engines, ...change.engines },
  gateway: { ...everySafeguard.gateway, ...change.gateway },
  sequencer: { ...everySafeguard.sequencer, ...change.sequencer },
  client: { ...everySafeguard.client, ...change.client },
  holdsBack: change.holdsBack ?? everySafeguard.holdsBack,
  seals: change.seals ?? everySafeguard.seals,
});

/** Parley with one safeguard less, each by the name it goes by on the command line. The checker has to notice every one. */
export const mutants = {
  'no-dedupe': without({ sequencer: { dedupe: false } }),
  'no-effect-notes': without({ sequencer: { notesEffects: false } }),
  'no-compare-and-set': without({ engines: { comparesAndSets: false } }),
  'no-client-order': without({ client: { checksOrder: false } }),
  // On its own the gateway's check is hardly ever missed: the numbers of inboxes show nearly every gap too.
  'no-gap-check': without({ gateway: { checksGaps: false }, client: { checksOrder: false } }),
  'no-inbox-numbers': without({ gateway: { checksNumbers: false } }),
  'commit-before-append': without({ engines: { commitsAfterBatch: false } }),
  'no-end-at-seq': without({ gateway: { endsAtSeq: false } }),
  'no-last-asked': without({ gateway: { keepsLastAsked: false } }),
  'no-backpressure': without({ holdsBack: false }),
  'no-sealing': without({ seals: false }),
} as const satisfies Readonly<Record<string, AllSafeguards>>;

export type MutantName = keyof typeof mutants;
export const mutantNames = Object.keys(mutants) as MutantName[];
export const isMutant = (name: string): name is MutantName => name in mutants;
