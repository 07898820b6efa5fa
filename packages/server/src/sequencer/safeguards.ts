/**
 * Safeguards that tests can take away, to show that the checkers notice. Nothing but tests may turn one off; no setting
 * reaches here. (Compare-and-set and commit-after-append are taken away in the fake engines instead.)
 */
export interface Safeguards {
  /** Answer a known cid with its first seq. */
  readonly dedupe: boolean;
}

export const allSafeguards: Safeguards = { dedupe: true };
