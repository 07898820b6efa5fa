/**
 * Safeguards that tests can take away, to show that the checkers notice. Nothing but tests may turn one off; no setting
 * reaches here. (Compare-and-set and commit-after-append are taken away in the fake engines instead.)
 */
export interface Safeguards {
  /** Answer a known cid with its first seq. */
  readonly dedupe: boolean;
  /** Note in the store what an append is about to bring about elsewhere, and see to what others noted. */
  readonly notesEffects: boolean;
}

/** Bounds of what a sequencer remembers; a simulation takes small ones to get beyond them in a short run. */
export interface SequencerBounds {
  /** Streams kept in memory for each partition. */
  readonly maxLoadedStreams: number;
  /** Remembered commands a stream; beyond it the store's index answers. 1,000 entries are about 150 KB. */
  readonly maxRemembered: number;
  /** A snapshot costs what all it tells of weighs (members, bans …), so large rooms are written down less often than this. */
  readonly minEventsPerSnapshot: number;
}

export const defaultSequencerBounds: SequencerBounds = {
  maxLoadedStreams: 1_000,
  maxRemembered: 1_000,
  minEventsPerSnapshot: 200,
};

export const allSafeguards: Safeguards = { dedupe: true, notesEffects: true };
