import { limits, type UserId } from '@parley/protocol';
import { conversationId, userId } from '@parley/protocol/schemas';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { GatewayPort, Principal } from '../../gateway/port.ts';
import type { Reads } from '../../reads/index.ts';
import { parse } from '../parse.ts';

const byId = z.object({ id: conversationId });
const number = z.coerce.number().int().min(0);
const limit = z.coerce.number().int().min(1).max(limits.maxPage).default(50);
const page = z
  .strictObject({ before: number.optional(), after: number.optional(), around: number.optional(), limit })
  .refine(({ before, after, around }) => [before, after, around].filter((at) => at !== undefined).length <= 1, {
    error: 'before, after and around exclude each other',
  });
const eventsAfter = z.strictObject({
  after: number.default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
});
/** `a,b,c` as a list of people. */
export const idList = z.object({
  ids: z
    .string()
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(userId).max(500)),
});

export interface ConversationRoutes {
  readonly reads: Reads;
  readonly gateway: GatewayPort;
  readonly principal: (request: FastifyRequest) => Principal;
}

/** Reads of conversations, under `/api/v1`, behind authentication. */
export function conversationRoutes(app: FastifyInstance, { reads, gateway, principal }: ConversationRoutes): void {
  const idOf = (request: FastifyRequest) => parse(byId, request.params).id;
  app.get('/conversations', (request) => reads.list(principal(request)));
  app.get('/channels', (request) => reads.channels(principal(request)));
  app.get('/conversations/:id', (request) => reads.conversation(principal(request), idOf(request)));
  app.get('/conversations/:id/members', (request) => reads.members(principal(request), idOf(request)));
  app.get('/conversations/:id/messages', (request) =>
    reads.page(principal(request), idOf(request), parse(page, request.query)),
  );
  app.get('/conversations/:id/threads/:root', (request) => {
    const { id, root } = parse(z.object({ id: conversationId, root: number }), request.params);
    return reads.page(principal(request), id, { ...parse(page, request.query), thread: root });
  });
  app.get('/conversations/:id/events', (request) => {
    const { after, limit: count } = parse(eventsAfter, request.query);
    return reads.events(principal(request), idOf(request), after, count);
  });
  app.get('/conversations/:id/pins', (request) => reads.pins(principal(request), idOf(request)));
  app.get('/conversations/:id/messages/:seq', (request) => {
    const { id, seq } = parse(z.object({ id: conversationId, seq: number }), request.params);
    return reads.message(principal(request), id, seq);
  });
  app.get('/conversations/:id/unread', (request) => reads.unread(principal(request), idOf(request)));
  app.get('/streams/me/events', (request) => {
    const { after, limit: count } = parse(eventsAfter, request.query);
    const asker = principal(request);
    return reads.events(asker, asker.user, after, count);
  });
  app.get('/threads', (request) => reads.threads(principal(request)));
  app.get('/mentions', (request) => reads.mentions(principal(request)));
  app.get('/presence', async (request) => {
    const ids: readonly UserId[] = parse(idList, request.query).ids;
    return { presence: await gateway.presenceOf(ids) };
  });
}
