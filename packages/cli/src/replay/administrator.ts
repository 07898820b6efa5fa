import { randomBytes } from 'node:crypto';
import { env, stderr } from 'node:process';
import { createClient, type ParleyClient, ParleyError, type ServerAbout } from '@parley/client';
import { UsageError } from '../options.ts';
import { keepSession, keptSession, sessionsPath } from '../sessions.ts';
import { administrator, connected } from './setup.ts';

/** A server that was started a moment ago may not listen yet; one that is not there is said soon. */
const startPatienceMs = 15_000;
const pauseMs = 250;

/**
 * The administrator a replay acts as: the one named by `--as`; else the session of PARLEY_TOKEN or of `parley chat login`;
 * else, on an empty server, an owner made for it, whose password is said and whose session is kept.
 */
export async function replayAdministrator(url: string, as: string | undefined): Promise<ParleyClient> {
  const about = await reach(url);
  const client = await signedIn(url, as, about);
  const { name, serverRole } = await client.rest.me();
  if (serverRole === 'owner' || serverRole === 'admin') return client;
  await client.close();
  throw new UsageError(
    `${name} is no administrator of ${url}. A replay makes accounts, so name one with --as NAME:PASSWORD.`,
  );
}

async function signedIn(url: string, as: string | undefined, { hasOwner }: ServerAbout): Promise<ParleyClient> {
  if (as !== undefined) {
    const [name = '', password = ''] = as.split(/:(.*)/s);
    if (name === '' || password === '') throw new UsageError(`--as takes NAME:PASSWORD, not '${as}'.`);
    try {
      return await administrator(url, name, password);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      throw new Error(`Signing in as ${name} (--as) failed: ${error.message}`, { cause: error });
    }
  }
  const given = env['PARLEY_TOKEN'];
  const token = given === undefined || given === '' ? keptSession(url)?.token : given;
  if (token !== undefined && hasOwner) return connected(url, token);
  if (hasOwner) throw new UsageError(`${url} has an owner already: name an administrator with --as NAME:PASSWORD.`);
  const name = 'owner';
  const password = randomBytes(12).toString('base64url');
  const client = await administrator(url, name, password);
  keepSession(url, { name, token: (await client.rest.signIn({ name, password, device: 'parley' })).token });
  stderr.write(
    `${url} was empty, so its owner was made: name ${name}, password ${password}.\nThe session is kept in ${sessionsPath()}.\n`,
  );
  return client;
}

async function reach(url: string): Promise<ServerAbout> {
  const { rest } = createClient({ url });
  const deadline = Date.now() + startPatienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await rest.server();
    } catch (error) {
      if (!(error instanceof ParleyError) || !error.retryable) throw error;
      if (Date.now() > deadline)
        throw new Error(`Nothing answers at ${url}. Start a server with 'parley serve', or name another with --url.`, {
          cause: error,
        });
      if (attempt === 1) stderr.write(`Waiting for ${url} …\n`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
