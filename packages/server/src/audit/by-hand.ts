import { newUserId } from '@parley/protocol';
import { systemClock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/documents.ts';
import { Audit, type AuditWish } from './index.ts';

/**
 * Notes what an operator does to a store by a command rather than by a server. Nobody is signed in there, so that the entries
 * have no actor; `by: 'operator'` tells them from what a server does by itself. Each command has a chain of its own.
 */
export async function noteByHand(store: DocumentStore, log: Log, wishes: readonly AuditWish[]): Promise<void> {
  const audit = new Audit({ store, clock: systemClock, log, node: `n_${newUserId().slice(2)}` });
  for (const wish of wishes) audit.record({ ...wish, detail: { ...wish.detail, by: 'operator' } });
  await audit.stop();
}
