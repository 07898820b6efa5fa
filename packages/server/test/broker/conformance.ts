import { describe, it } from 'node:test';
import { outlivesACut } from './conformance/cut.ts';
import { type BrokerEngine, Installation, type OpenBrokerEngine } from './conformance/engine.ts';
import { handsPartitionsOver } from './conformance/hand-over.ts';
import { carriesInboxes } from './conformance/inboxes.ts';
import { keepsTheLog } from './conformance/log.ts';
import { tellsWhoIsAlive } from './conformance/members.ts';

export type { BrokerEngine, OpenBrokerEngine };

/**
 * Every promise of the broker port, against a real engine.
 * @param open makes an installation of its own; called once for each test
 */
export function conformsToBroker(name: string, open: OpenBrokerEngine): void {
  describe(`the ${name} broker`, () => {
    it('says that it is well', async () => {
      await using here = await Installation.open(open, 1);
      await (await here.node()).check();
    });
    describe('log', () => keepsTheLog(open));
    describe('hand-over', () => handsPartitionsOver(open));
    describe('inboxes', () => carriesInboxes(open));
    describe('members', () => tellsWhoIsAlive(open));
    describe('broken connections', () => outlivesACut(open));
  });
}
