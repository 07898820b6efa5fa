/** Where one instance of an engine lives: tests start instances of their own beside the shared one. */
export interface Place {
  /** Absolute path; data, logs and settings go below it. */
  readonly folder: string;
  /** The port clients use. An engine that needs more takes the ones right above it. */
  readonly port: number;
  /** For tests of TLS, which the engine speaks beside its other port. */
  readonly tls?: PlaceTls;
}

/** An engine's door for those who show a certificate. Files in PEM form; absolute paths. */
export interface PlaceTls {
  readonly port: number;
  /** The server's certificate. */
  readonly cert: string;
  readonly key: string;
  /** Has to have signed a client's certificate. */
  readonly ca: string;
}

/** A process of an engine. */
export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Told what is under way; one short line each. */
export type Say = (progress: string) => void;

/** A server that Parley uses, as this machine can have it without Docker. */
export interface Engine {
  readonly name: string;
  /** What Parley is given as `--broker`, `--store` or `--cache`. */
  url(port: number): string;
  readonly port: number;
  /**
   * Installs what is missing; returns at once when nothing is.
   * @throws Error that names what is missing and the command that brings it
   */
  install(say: Say): Promise<void>;
  /** Writes settings into the place and tells what to run, in this order. */
  commands(place: Place): Promise<readonly Command[]>;
  /** Resolves once the engine answers in its own protocol; rejects while it does not. */
  probe(port: number): Promise<void>;
  /** Longest time from start to the first answer, on a busy machine of two cores. */
  readonly startWithinMs: number;
  /** Takes so long to install that it is brought up only when it is named. */
  readonly isOnlyByName?: boolean;
}
