/** Safeguards that tests can take away, to show that the checkers notice. Nothing but tests may turn one off; no setting reaches here. */
export interface GatewaySafeguards {
  /** A number missing in an owner's messages means that news was lost: look at the streams again. */
  readonly checksNumbers: boolean;
  /** Events that do not follow what a room has wait until what lies between has been read. */
  readonly checksGaps: boolean;
  /** Whoever is removed sees nothing after the seq of the removal. */
  readonly endsAtSeq: boolean;
  /** A stream is watched as was asked last, also where an earlier frame is answered later. */
  readonly keepsLastAsked: boolean;
}

export const allGatewaySafeguards: GatewaySafeguards = {
  checksNumbers: true,
  checksGaps: true,
  endsAtSeq: true,
  keepsLastAsked: true,
};

/** Bounds of what a gateway keeps and how far it goes; a simulation takes small ones to get there in a short run. */
export interface GatewayBounds {
  /** Recent events kept for those who come back: more than most reconnects miss, at most about 100 KB of a busy room. */
  readonly tailEvents: number;
  /** Further behind than this, a client reloads a page of history sooner than it reads every event. */
  readonly maxEventsBehind: number;
  /**
   * Text in one frame of a catch-up. Far below what a socket may hold (4 MiB): a frame goes out whole, and one too large
   * for that would cut its client off again after every reconnect.
   */
  readonly maxFrameChars: number;
  /** A room that nobody watches is kept so long: a reconnect finds its tail warm. */
  readonly lingerMs: number;
}

export const defaultGatewayBounds: GatewayBounds = {
  tailEvents: 256,
  maxEventsBehind: 10_000,
  maxFrameChars: 128 * 1_024,
  lingerMs: 30_000,
};
