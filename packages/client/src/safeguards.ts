/** Safeguards that tests can take away, to show that the checkers notice. No option of a client reaches here. */
export interface Safeguards {
  /** Deliver each event once and in order, and ask again for what is missing. */
  readonly checksOrder: boolean;
}

/** What every client has. */
export const allSafeguards: Safeguards = { checksOrder: true };
