import type { Member } from './port.ts';

/** What an instance of a broker says of itself, about every second and at every change. */
export interface Beat {
  /** The instance; another one after every restart. */
  readonly from: string;
  /** Counts its beats. */
  readonly number: number;
  /** Nodes that joined through it. */
  readonly members: readonly Member[];
  /** Whether it takes a share of the log. */
  readonly consumes: boolean;
  /** Whether it can do the work of its share at this moment; absent in beats of versions that do not say. */
  readonly canWork?: boolean;
  /** Partitions it has not let go of. */
  readonly holds: readonly number[];
  /** It ends, and will not beat again. */
  readonly bye: boolean;
}

export const encodeBeat = (beat: Beat): Buffer => Buffer.from(JSON.stringify(beat));

/** Beats are JSON between nodes of one installation; one that cannot be read is as good as none. */
export function decodeBeat(payload: Uint8Array): Beat | undefined {
  try {
    return JSON.parse(Buffer.from(payload).toString()) as Beat;
  } catch {
    return undefined;
  }
}
