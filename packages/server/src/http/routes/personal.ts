import { Readable } from 'node:stream';
import { mayOnServer, outranksOnServer, ParleyError, type UserId } from '@parley/protocol';
import { deleteAccountWish, deleteMe, userId } from '@parley/protocol/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../../accounts/index.ts';
import type { Audit } from '../../audit/index.ts';
import type { Principal } from '../../gateway/port.ts';
import type { RateSource } from '../../limits/shared-rates.ts';
import type { WrittenFate } from '../../personal/delete.ts';
import { parse } from '../parse.ts';
import { originOf } from './moderation.ts';

export interface PersonalRoutes {
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly rates: RateSource;
  readonly principal: (request: FastifyRequest) => Principal;
  readonly clearCookie: (reply: FastifyReply) => void;
  /** Lines of JSON. */
  readonly exportOf: (user: UserId) => AsyncIterable<string>;
  readonly deletionOf: (user: UserId, written: WrittenFate) => Promise<void>;
}

const byUser = z.object({ user: userId });

/** Everything that is kept of somebody, to take away, and the end of an account: by its owner, or by administrators above them. */
export function personalRoutes(app: FastifyInstance, routes: PersonalRoutes): void {
  const { accounts, audit, rates, principal, clearCookie, exportOf, deletionOf } = routes;
  // An export reads all that somebody wrote: three at once, then one in ten minutes.
  const exports = rates.limit('exports', { perSecond: 1 / 600, burst: 3 });
  const send = (request: FastifyRequest, reply: FastifyReply, user: UserId): FastifyReply => {
    const asker = principal(request);
    const waitMs = exports.charge(asker.user);
    if (waitMs > 0) throw new ParleyError('rate-limited', { retryAfterMs: waitMs });
    audit.record({ act: 'account.exported', actor: asker.user, target: user, from: originOf(request, asker) });
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="parley-account.ndjson"')
      .send(Readable.from(exportOf(user)));
  };
  const end = async (request: FastifyRequest, user: UserId, written: WrittenFate): Promise<void> => {
    const asker = principal(request);
    await deletionOf(user, written);
    const from = originOf(request, asker);
    audit.record({ act: 'account.deleted', actor: asker.user, target: user, from, detail: { written } });
  };
  const above = async (request: FastifyRequest, action: 'exportAccounts' | 'deleteAccounts'): Promise<UserId> => {
    const asker = principal(request);
    if (!mayOnServer(action, asker.serverRole)) throw new ParleyError('forbidden');
    const { user } = parse(byUser, request.params);
    const { serverRole } = await accounts.profile(user);
    if (!outranksOnServer(asker.serverRole, serverRole))
      throw new ParleyError('forbidden', { message: 'Only somebody mightier may do this.' });
    return user;
  };

  app.get('/me/export', (request, reply) => send(request, reply, principal(request).user));
  app.post('/me/delete', async (request, reply) => {
    const { password, written = 'keep' } = parse(deleteMe, request.body);
    const asker = principal(request);
    await accounts.confirm(asker, password, request.ip);
    await end(request, asker.user, written);
    clearCookie(reply);
    return reply.status(204).send();
  });
  app.get('/admin/accounts/:user/export', async (request, reply) =>
    send(request, reply, await above(request, 'exportAccounts')),
  );
  app.post('/admin/accounts/:user/delete', async (request, reply) => {
    const user = await above(request, 'deleteAccounts');
    await end(request, user, parse(deleteAccountWish, request.body).written ?? 'keep');
    return reply.status(204).send();
  });
}
