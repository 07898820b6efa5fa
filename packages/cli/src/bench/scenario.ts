export type Params = Readonly<Record<string, string | number>>;

export interface Result {
  /** Parley's figures; units in the names. */
  readonly parley: unknown;
  /** The same figures of each peer, measured in the same run on the same work. */
  readonly peers: unknown;
  readonly ratio: unknown;
  /** Whether the targets were met. */
  readonly pass: boolean;
}

/** Something worth measuring. */
export interface Scenario {
  readonly name: string;
  readonly help: string;
  /** What can be varied, with the values of the published results. */
  readonly params: Params;
  run(params: Params): Promise<Result>;
}
