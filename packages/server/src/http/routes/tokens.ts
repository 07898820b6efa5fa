import { createToken, createTokenFor } from '@parley/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse } from '../parse.ts';
import type { AccountRoutes } from './accounts.ts';

const byId = z.object({ id: z.string().max(100) });

/** Tokens for programs, and the turning of a session's own. */
export function tokenRoutes(app: FastifyInstance, { accounts, principal, presented, setCookie }: AccountRoutes): void {
  app.post('/sessions/current', async (request, reply) => {
    const { token, isCookie } = presented(request);
    const turned = await accounts.sessions.turn(token);
    if (turned !== undefined && isCookie) setCookie(reply, turned);
    return turned === undefined ? {} : { token: turned };
  });
  app.get('/tokens', async (request) => ({ tokens: await accounts.tokens.list(principal(request).user) }));
  app.post('/tokens', async (request, reply) => {
    const made = await accounts.tokens.create(principal(request), parse(createToken, request.body), request.ip);
    return reply.status(201).send(made);
  });
  app.delete('/tokens/:id', async (request, reply) => {
    await accounts.tokens.revoke(principal(request).user, parse(byId, request.params).id);
    return reply.status(204).send();
  });
  app.post('/admin/tokens', async (request, reply) => {
    const wish = parse(createTokenFor, request.body);
    return reply.status(201).send(await accounts.tokens.createFor(principal(request), wish, request.ip));
  });
}
