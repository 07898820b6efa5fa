import {
  askPasswordReset,
  changeEmail,
  confirmEmail,
  makePasswordReset,
  redeemPasswordReset,
  removeFactors,
} from '@parley/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../../audit/index.ts';
import { parse } from '../parse.ts';
import type { AccountRoutes } from './accounts.ts';

export interface EmailRoutes extends AccountRoutes {
  readonly audit: Audit;
}

/** What a link in a mail leads to, for whoever holds it, and the asking for one. */
export function publicEmailRoutes(app: FastifyInstance, { accounts, audit }: EmailRoutes): void {
  app.post('/email/confirmation', async (request, reply) => {
    const actor = await accounts.emails.confirm(parse(confirmEmail, request.body).token);
    audit.record({ act: 'credential.added', actor, from: { address: request.ip }, detail: { type: 'email' } });
    return reply.status(204).send();
  });
  app.post('/password-resets', async (request, reply) => {
    accounts.resets.ask(parse(askPasswordReset, request.body).email);
    return reply.status(204).send();
  });
  app.post('/password-resets/redemption', async (request, reply) => {
    const { token, password } = parse(redeemPasswordReset, request.body);
    const actor = await accounts.resets.redeem(token, password);
    audit.record({ act: 'password.changed', actor, from: { address: request.ip }, detail: { by: 'link' } });
    return reply.status(204).send();
  });
}

/** One's own address, links for those who have none, and help for who has lost a second factor. */
export function emailRoutes(app: FastifyInstance, { accounts, audit, principal }: EmailRoutes): void {
  app.get('/email', (request) => accounts.emails.state(principal(request).user));
  app.post('/email', async (request, reply) => {
    await accounts.changeEmail(principal(request), parse(changeEmail, request.body), request.ip);
    return reply.status(204).send();
  });
  app.post('/admin/password-resets', async (request, reply) => {
    const by = principal(request);
    const { user: target } = parse(makePasswordReset, request.body);
    const link = await accounts.resets.make(by, target);
    const from = { address: request.ip, session: by.session };
    audit.record({ act: 'password.reset', actor: by.user, target, from });
    return reply.status(201).send(link);
  });
  app.post('/admin/lost-factors', async (request) => {
    const by = principal(request);
    const { user: target, factors } = parse(removeFactors, request.body);
    const removed = await accounts.lostFactors.remove(by, target, factors);
    const from = { address: request.ip, session: by.session };
    audit.record({ act: 'credential.removed', actor: by.user, target, from, detail: { ...removed } });
    return removed;
  });
}
