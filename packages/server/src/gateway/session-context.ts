import { type DeliveryMode, ParleyError, type Signal, type StreamId } from '@parley/protocol';
import type { Origin } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Wish } from '../stream/types.ts';
import type { Faces } from './faces.ts';
import type { RateLimit } from './rate.ts';
import type { Rooms } from './rooms.ts';
import type { GatewaySafeguards } from './safeguards.ts';
import type { Session } from './session.ts';

/** What sessions share with their gateway. */
export interface SessionContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly rooms: Rooms;
  readonly faces: Faces;
  readonly rate: RateLimit;
  readonly safeguards: GatewaySafeguards;
  /** Sessions with heads to be told at the next flush. */
  readonly headsDirty: Set<Session>;
  submit(wish: Wish, mode: DeliveryMode | undefined, from: Origin): Promise<number>;
  signal(from: Session, stream: StreamId, signal: Signal): void;
  /** What may be shown of an error; anything unforeseen is logged and becomes `internal`. */
  asParleyError(error: unknown): ParleyError;
}
