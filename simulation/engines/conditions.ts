/** How the engines are at the moment. Faults change it; a calm sea is where every run ends. */
export interface Conditions {
  isStoreDown: boolean;
  isBrokerDown: boolean;
  /** Share of the store's calls that fail without having done anything. */
  storeFailures: number;
  /** Share of the store's calls that are carried out although the caller is told `unavailable`. */
  storeUnknowns: number;
  /** Added to each of the store's calls, at most. */
  storeExtraMs: number;
  /** Share of publishes that fail, one half of them after the log has taken the records. */
  publishFailures: number;
  /** Share of inbox messages that vanish. */
  inboxLosses: number;
}

export const calm = (): Conditions => ({
  isStoreDown: false,
  isBrokerDown: false,
  storeFailures: 0,
  storeUnknowns: 0,
  storeExtraMs: 0,
  publishFailures: 0,
  inboxLosses: 0,
});

/** Safeguards of the engines that mutants take away; Parley's own are options of its parts. */
export interface EngineSafeguards {
  /** An append whose expected head is not the head writes nothing. */
  readonly comparesAndSets: boolean;
  /** Records count as consumed only when their batch has resolved. */
  readonly commitsAfterBatch: boolean;
}
