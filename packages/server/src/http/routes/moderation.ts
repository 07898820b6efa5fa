import {
  type Action,
  type ConversationId,
  may,
  mayOnServer,
  ParleyError,
  type ServerAction,
  type UserId,
} from '@parley/protocol';
import { conversationId, createBan, createReport, settleReport, userId, wordList } from '@parley/protocol/schemas';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../../accounts/index.ts';
import type { Audit, Origin } from '../../audit/index.ts';
import type { Principal } from '../../gateway/port.ts';
import type { Moderation } from '../../moderation/index.ts';
import { peopleInReports, type Report } from '../../moderation/reports.ts';
import type { Reads } from '../../reads/index.ts';
import { parse } from '../parse.ts';

export interface ModerationRoutes {
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly moderation: Moderation;
  readonly reads: Reads;
  readonly principal: (request: FastifyRequest) => Principal;
}

const number = z.coerce.number().int().min(0);
const byId = z.object({ id: conversationId });
const bySeq = z.object({ id: conversationId, seq: number });
const auditQuery = z.strictObject({
  before: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** Where a request comes from, for the audit log. */
export const originOf = (request: FastifyRequest, { session }: Principal): Origin => ({ address: request.ip, session });

/** Keeping order: in one conversation by its moderators, on the server by its administrators. */
export function moderationRoutes(app: FastifyInstance, routes: ModerationRoutes): void {
  conversationModeration(app, routes);
  serverModeration(app, routes);
}

function conversationModeration(
  app: FastifyInstance,
  { audit, moderation, reads, accounts, principal }: ModerationRoutes,
) {
  const { reports, filters } = moderation;
  /** Who may, by the one table. What the asker may not see is answered as what does not exist. */
  const need = async (request: FastifyRequest, id: ConversationId, action: Action): Promise<Principal> => {
    const asker = principal(request);
    const { kind, role } = await reads.conversation(asker, id);
    if (!may(action, kind, role, asker.serverRole)) throw new ParleyError('forbidden');
    return asker;
  };
  const withPeople = async (found: readonly Report[]) => ({
    reports: found,
    people: await accounts.profiles([...peopleInReports(found)]),
  });

  app.post('/conversations/:id/reports', async (request, reply) => {
    const asker = principal(request);
    const { id } = parse(byId, request.params);
    // Whether there is such a conversation comes before what is wrong with the request.
    await reads.conversation(asker, id);
    const { seq, reason } = parse(createReport, request.body);
    await reports.report(asker, id, seq, reason, originOf(request, asker));
    return reply.status(204).send();
  });
  app.get('/conversations/:id/reports', async (request) => {
    const { id } = parse(byId, request.params);
    await need(request, id, 'hide');
    return withPeople(await reports.ofConversation(id));
  });
  app.post('/conversations/:id/reports/:seq', async (request, reply) => {
    const { id, seq } = parse(bySeq, request.params);
    const asker = principal(request);
    // The server's administrators settle what is on their list, wherever it was said.
    if (!mayOnServer('settleReports', asker.serverRole)) await need(request, id, 'hide');
    await reports.settle(asker, id, seq, parse(settleReport, request.body).outcome, originOf(request, asker));
    return reply.status(204).send();
  });
  app.get('/conversations/:id/hidden/:seq', async (request) => {
    const { id, seq } = parse(bySeq, request.params);
    const asker = await need(request, id, 'hide');
    const message = await reads.hidden(asker, id, seq);
    audit.record({
      act: 'message.looked',
      actor: asker.user,
      target: message.actor,
      conversation: id,
      from: originOf(request, asker),
      detail: { seq },
    });
    return message;
  });
  app.get('/conversations/:id/moderation', async (request) => {
    const { id } = parse(byId, request.params);
    const asker = await need(request, id, 'hide');
    const [kept, words] = await Promise.all([reads.moderation(asker, id), filters.of(id)]);
    const users = [...kept.requests, ...kept.silenced].map(({ user }) => user);
    return { ...kept, words, people: await accounts.profiles([...users, ...kept.banned]) };
  });
  app.post('/conversations/:id/words', async (request, reply) => {
    const { id } = parse(byId, request.params);
    const asker = await need(request, id, 'setRules');
    const { words } = parse(wordList, request.body);
    await filters.set(id, words);
    audit.record({
      act: 'conversation.rules',
      actor: asker.user,
      conversation: id,
      from: originOf(request, asker),
      detail: { words: words.length },
    });
    return reply.status(204).send();
  });
}

function serverModeration(app: FastifyInstance, { audit, moderation, accounts, principal }: ModerationRoutes): void {
  const { bans, filters, reports } = moderation;
  const need = (request: FastifyRequest, action: ServerAction): Principal => {
    const asker = principal(request);
    if (!mayOnServer(action, asker.serverRole)) throw new ParleyError('forbidden');
    return asker;
  };

  app.get('/admin/reports', async (request) => {
    need(request, 'settleReports');
    const found = await reports.ofServer();
    return { reports: found, people: await accounts.profiles([...peopleInReports(found)]) };
  });
  app.get('/admin/bans', async (request) => {
    need(request, 'banAccounts');
    const all = await bans.list();
    return { bans: all, people: await accounts.profiles(all.flatMap(({ user, by }) => [user, by])) };
  });
  app.post('/admin/bans', async (request, reply) => {
    const asker = need(request, 'banAccounts');
    const { user, forMs } = parse(createBan, request.body);
    await bans.ban(asker, user, forMs, originOf(request, asker));
    return reply.status(204).send();
  });
  app.delete('/admin/bans/:user', async (request, reply) => {
    const asker = need(request, 'banAccounts');
    await bans.lift(asker, parse(z.object({ user: userId }), request.params).user, originOf(request, asker));
    return reply.status(204).send();
  });
  app.get('/admin/words', async (request) => {
    need(request, 'setWords');
    return { words: await filters.of('server') };
  });
  app.post('/admin/words', async (request, reply) => {
    const asker = need(request, 'setWords');
    const { words } = parse(wordList, request.body);
    await filters.set('server', words);
    const from = originOf(request, asker);
    audit.record({ act: 'settings.changed', actor: asker.user, from, detail: { words: words.length } });
    return reply.status(204).send();
  });
  app.get('/admin/audit', async (request) => {
    const asker = need(request, 'readAudit');
    const { before, limit } = parse(auditQuery, request.query);
    const entries = await audit.page(before, limit);
    // Who reads on page after page is noted once.
    if (before === undefined) audit.record({ act: 'audit.read', actor: asker.user, from: originOf(request, asker) });
    const named = entries
      .flatMap(({ actor, target }) => [actor, target])
      .filter((user): user is UserId => user !== undefined);
    return { entries, people: await accounts.profiles([...new Set(named)]) };
  });
}
