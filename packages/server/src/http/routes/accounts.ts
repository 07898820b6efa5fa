import { newCid, ParleyError } from '@parley/protocol';
import {
  changePassword,
  changeProfile,
  cid as cidSchema,
  createAccounts,
  createInvite,
  restCommand,
  signIn,
  signUp,
} from '@parley/protocol/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../../accounts/index.ts';
import type { GatewayPort, Principal } from '../../gateway/port.ts';
import type { Presented } from '../authentication.ts';
import { parse } from '../parse.ts';
import { idList } from './conversations.ts';

export interface AccountRoutes {
  readonly accounts: Accounts;
  readonly gateway: GatewayPort;
  readonly principal: (request: FastifyRequest) => Principal;
  /** What a signed-in request showed of itself. */
  readonly presented: (request: FastifyRequest) => Presented;
  readonly setCookie: (reply: FastifyReply, token: string) => void;
  readonly clearCookie: (reply: FastifyReply) => void;
}

/** What a session is called where its program gave no name. */
export const deviceOf = (request: FastifyRequest): string =>
  request.headers['user-agent']?.slice(0, 200) ?? 'unknown device';

/** What needs no session: making an account, signing in, looking at an invitation. */
export function publicAccountRoutes(app: FastifyInstance, { accounts, gateway, setCookie }: AccountRoutes): void {
  app.post('/accounts', async (request, reply) => {
    const wish = parse(signUp, request.body);
    const { token, user, conversation } = await accounts.signUp({ ...wish, device: wish.device ?? deviceOf(request) });
    setCookie(reply, token);
    if (conversation !== undefined) {
      const wished = {
        stream: conversation,
        actor: user.id,
        serverRole: user.serverRole,
        cid: newCid(),
        command: { type: 'join' as const },
      };
      // The account stands even where its channel is gone or private by now.
      await gateway
        .submit(wished)
        .catch((error: unknown) =>
          request.log.warn({ error: String(error) }, 'could not join the conversation of an invitation'),
        );
    }
    return reply.status(201).send({ token, user });
  });
  app.post('/sessions', async (request, reply) => {
    const wish = parse(signIn, request.body);
    const signedIn = await accounts.signIn({ ...wish, device: wish.device ?? deviceOf(request) }, request.ip);
    if ('challenge' in signedIn) return reply.status(200).send(signedIn);
    setCookie(reply, signedIn.token);
    return reply.status(201).send(signedIn);
  });
  app.get('/invites/:code', (request) =>
    accounts.invites.inspect(parse(z.object({ code: z.string().max(100) }), request.params).code),
  );
}

/** What a signed-in person does with accounts, their own above all. */
export function accountRoutes(
  app: FastifyInstance,
  { accounts, gateway, principal, clearCookie }: AccountRoutes,
): void {
  app.get('/sessions', async (request) => ({ sessions: await accounts.devices(principal(request)) }));
  app.delete('/sessions/current', async (request, reply) => {
    const { user, session } = principal(request);
    await accounts.revoke(user, session);
    clearCookie(reply);
    return reply.status(204).send();
  });
  app.delete('/sessions', async (request, reply) => {
    await accounts.revokeAll(principal(request).user);
    clearCookie(reply);
    return reply.status(204).send();
  });
  app.delete('/sessions/:id', async (request, reply) => {
    await accounts.revoke(principal(request).user, parse(z.object({ id: z.string().max(100) }), request.params).id);
    return reply.status(204).send();
  });
  app.post('/password', async (request, reply) => {
    const { current, next } = parse(changePassword, request.body);
    await accounts.changePassword(principal(request), current, next, request.ip);
    return reply.status(204).send();
  });
  app.get('/me', (request) => accounts.profile(principal(request).user));
  app.patch('/me', async (request) => {
    const profile = await accounts.changeProfile(principal(request).user, parse(changeProfile, request.body));
    gateway.profileChanged(profile);
    return profile;
  });
  app.post('/invites', async (request, reply) =>
    reply.status(201).send(await accounts.invites.create(principal(request), parse(createInvite, request.body ?? {}))),
  );
  app.get('/invites', async (request) => ({ invites: await accounts.invites.list(principal(request).user) }));
  app.delete('/invites/:code', async (request, reply) => {
    await accounts.invites.delete(
      principal(request).user,
      parse(z.object({ code: z.string().max(100) }), request.params).code,
    );
    return reply.status(204).send();
  });
  app.get('/users', async (request) => {
    if (typeof request.query === 'object' && request.query !== null && 'ids' in request.query) {
      return { people: await accounts.profiles(parse(idList, request.query).ids) };
    }
    const search = z.strictObject({
      query: z.string().max(64).default(''),
      limit: z.coerce.number().int().min(1).max(200).default(20),
    });
    const { query, limit } = parse(search, request.query);
    return { people: await accounts.find(query, limit) };
  });
  app.post('/admin/accounts', { bodyLimit: 1024 * 1024 }, (request) =>
    accounts.createMany(principal(request), parse(createAccounts, request.body)),
  );
  app.post('/commands', async (request) => {
    const { stream, command } = parse(restCommand, request.body);
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string')
      throw new ParleyError('bad-request', {
        message: 'A command needs the header Idempotency-Key.',
        field: 'Idempotency-Key',
      });
    const cid = parse(cidSchema, key);
    const { user, serverRole, session } = principal(request);
    const wish = { stream, actor: user, serverRole, cid, command };
    return { stream, cid, seq: await gateway.submit(wish, undefined, { address: request.ip, session }) };
  });
}
