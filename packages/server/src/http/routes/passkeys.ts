import { addPasskey, confirmed, namePasskey, passkeySignIn } from '@parley/protocol/schemas';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse } from '../parse.ts';
import { type AccountRoutes, deviceOf } from './accounts.ts';

const byId = z.object({ id: z.string().max(100) });

/** Signing in with a passkey. */
export function publicPasskeyRoutes(app: FastifyInstance, { accounts, setCookie }: AccountRoutes): void {
  app.post('/passkeys/challenge', () => accounts.passkeys.challenge());
  app.post('/sessions/passkey', async (request, reply) => {
    const { response, device = deviceOf(request) } = parse(passkeySignIn, request.body);
    const user = await accounts.passkeys.judge(response as unknown as AuthenticationResponseJSON);
    const signedIn = await accounts.enter(user, device);
    setCookie(reply, signedIn.token);
    return reply.status(201).send(signedIn);
  });
}

/** The passkeys of one's own account. */
export function passkeyRoutes(app: FastifyInstance, { accounts, principal }: AccountRoutes): void {
  app.get('/passkeys', async (request) => ({ passkeys: await accounts.passkeys.list(principal(request).user) }));
  app.post('/passkeys/registration', async (request) => {
    const { password } = parse(confirmed, request.body ?? {});
    return accounts.passkeys.begin(await accounts.confirmed(principal(request), password, request.ip));
  });
  app.post('/passkeys', async (request, reply) => {
    const { name, response } = parse(addPasskey, request.body);
    const answer = response as unknown as RegistrationResponseJSON;
    return reply.status(201).send(await accounts.passkeys.add(principal(request).user, name, answer));
  });
  app.patch('/passkeys/:id', (request) => {
    const { id } = parse(byId, request.params);
    return accounts.passkeys.rename(principal(request).user, id, parse(namePasskey, request.body).name);
  });
  app.delete('/passkeys/:id', async (request, reply) => {
    await accounts.passkeys.remove(principal(request).user, parse(byId, request.params).id);
    return reply.status(204).send();
  });
}
