import { ParleyError } from '@parley/protocol';
import { mayHaveEffects } from '../../packages/server/src/sequencer/follow-ups.ts';
import type { DocumentStore } from '../../packages/server/src/store/documents.ts';
import type { RecordStore, StreamStore } from '../../packages/server/src/store/port.ts';
import { delayMs } from '../time/link.ts';
import type { Process } from '../time/process.ts';
import type { Conditions } from './conditions.ts';
import type { StoreData } from './store-data.ts';

/** What gateways and sequencers ask of the store. */
export type SimulatedStore = StreamStore &
  DocumentStore &
  Pick<RecordStore, 'putDirectoryEntry' | 'updateAccount' | 'accountsById'>;

/** When a caller gives up on an engine that does not answer. */
const timeoutMs = 2_000;

/** One process's connections to the store: every call takes its own time on the way there and back, and may fail on either. */
export function connectStore(data: StoreData, process: Process, conditions: Conditions): SimulatedStore {
  const { scheduler } = process;
  const { random } = scheduler;
  const call = <Result>(what: string, carryOut: () => Result): Promise<Result> => {
    const answer = new Promise<Result>((resolve, reject) => {
      const fail = (ms: number): void => {
        scheduler.after(ms, () =>
          reject(new ParleyError('unavailable', { message: `the store did not answer ${what}` })),
        );
      };
      scheduler.after(delayMs(scheduler) + random.next() * conditions.storeExtraMs, () => {
        // A request that has left is carried out even where its sender died meanwhile.
        if (conditions.isStoreDown || process.cutFrom.has('store')) return fail(timeoutMs);
        if (random.chance(conditions.storeFailures)) return fail(1);
        const result = carryOut();
        if (random.chance(conditions.storeUnknowns)) return fail(random.chance(0.5) ? 1 : timeoutMs);
        scheduler.after(delayMs(scheduler) + random.next() * conditions.storeExtraMs, () => {
          if (process.cutFrom.has('store')) fail(timeoutMs);
          else resolve(result);
        });
      });
    });
    return process.settle(answer);
  };
  return {
    append: (append) =>
      call('append', () => {
        const result = data.append(append);
        const what = append.events.map(({ seq, type }) => `${seq} ${type}`).join(', ');
        scheduler.trace.note(
          scheduler.now,
          'store',
          `${append.stream} ${result.ok ? 'takes' : 'refuses'} ${what} of ${process.name}`,
        );
        if (process.isDoomed && result.ok && append.events.some(mayHaveEffects)) {
          scheduler.trace.note(scheduler.now, process.name, 'dies of it');
          process.kill();
        }
        return result;
      }),
    load: (stream) => call('load', () => data.load(stream)),
    head: (stream) => call('head', () => data.head(stream)),
    read: (stream, from, to, limit) => call('read', () => data.read(stream, from, to, limit)),
    findByCid: (stream, actor, cid) => call('findByCid', () => data.findByCid(stream, actor, cid)),
    messages: (query) => call('messages', () => data.messages(query)),
    messagesAt: (stream, seqs) => call('messagesAt', () => data.messagesAt(stream, seqs)),
    countUnread: (query) => call('countUnread', () => data.countUnread(query)),
    putDirectoryEntry: (entry) => call('putDirectoryEntry', () => data.putDirectoryEntry(entry)),
    putDocument: (document, expected) => call('putDocument', () => data.documents.put(document, expected)),
    document: (kind, owner, key) => call('document', () => data.documents.get({ kind, owner, key })),
    documents: (kind, owner, range) => call('documents', () => data.documents.list(kind, owner, range)),
    deleteDocument: (kind, owner, key, expected) =>
      call('deleteDocument', () => data.documents.delete({ kind, owner, key }, expected)),
    // The people of a run are given, not kept: what would be noted of them, nothing here reads.
    updateAccount: () => call('updateAccount', () => undefined),
    accountsById: () => call('accountsById', () => []),
  };
}
