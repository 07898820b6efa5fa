import { after, before, describe, it } from 'node:test';
import { keepsAccounts } from './conformance/accounts.ts';
import { appendsByCompareAndSet } from './conformance/append.ts';
import { keepsBodiesAsTheyWere } from './conformance/bodies.ts';
import { tellsItsContents } from './conformance/contents.ts';
import { keepsDocuments } from './conformance/documents.ts';
import { type Opened, openTwice, type StoreEngine } from './conformance/engine.ts';
import { pagesThroughMessages } from './conformance/messages.ts';
import { readsTheLog } from './conformance/reads.ts';
import { keepsInvites, keepsSessions, keepsTheDirectory } from './conformance/records.ts';
import { countsUnread } from './conformance/unread.ts';

export type { StoreEngine };

/**
 * Every promise of the store port, against a real engine.
 * @param open makes an engine with nothing in it, each time anew: called twice
 */
export function conformsToStore(name: string, open: () => Promise<StoreEngine>): void {
  describe(`the ${name} store`, () => {
    let opened: Opened | undefined;
    const get = (): Opened => {
      if (opened === undefined) throw new Error('the engine is not open');
      return opened;
    };
    before(async () => {
      opened = await openTwice(open);
    });
    after(() => opened?.close());

    it('says that it is well', () => get().store.check());
    describe('appends', () => appendsByCompareAndSet(get));
    describe('keeps bodies', () => keepsBodiesAsTheyWere(get));
    describe('reads the log', () => readsTheLog(get));
    describe('pages through messages', () => pagesThroughMessages(get));
    describe('counts unread', () => countsUnread(get));
    describe('keeps accounts', () => keepsAccounts(get, open));
    describe('keeps sessions', () => keepsSessions(get));
    describe('keeps invites', () => keepsInvites(get));
    describe('keeps the directory', () => keepsTheDirectory(get));
    describe('keeps documents', () => keepsDocuments(get));
    describe('tells all it has', () => tellsItsContents(open));
  });
}
