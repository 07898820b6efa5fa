import { env } from 'node:process';
import { createClient, ParleyError, type SignedIn } from '@parley/client';
import { UsageError } from '../options.ts';
import { keptSession } from '../sessions.ts';
import { askPassword } from './password.ts';

const device = 'parley chat';

/** A session to chat with. */
export interface ChatSession {
  readonly token: string;
  /** Made for this command alone: to be signed out at its end. */
  readonly isPassing: boolean;
}

/** What `--as`, PARLEY_TOKEN or an earlier `chat login` stand for, in this order. @throws UsageError where there is none */
export async function chatSession(url: string, as: string | undefined): Promise<ChatSession> {
  if (as !== undefined) return { token: (await signIn(url, as)).token, isPassing: true };
  const token = env['PARLEY_TOKEN'];
  if (token !== undefined && token !== '') return { token, isPassing: false };
  const kept = keptSession(url);
  if (kept !== undefined) return { token: kept.token, isPassing: false };
  throw new UsageError(
    `You are not signed in to ${url}. Sign in with 'parley chat login --url ${url} --as NAME', or say --as NAME:PASSWORD.`,
  );
}

/** A new session for `NAME[:PASSWORD]`. With `isNew` the account is made first. */
export async function signIn(
  url: string,
  as: string,
  { isNew = false, invite }: { isNew?: boolean; invite?: string } = {},
): Promise<SignedIn> {
  const [name = '', given = ''] = as.split(/:(.*)/s);
  if (name === '') throw new UsageError(`--as takes NAME or NAME:PASSWORD, not '${as}'.`);
  const password = given === '' ? await askPassword(name) : given;
  const { rest } = createClient({ url });
  try {
    if (isNew) return await rest.signUp({ name, password, device, ...(invite === undefined ? {} : { invite }) });
    return await rest.signIn({ name, password, device });
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'unavailable')
      throw new Error(`${url}: ${error.message}`, { cause: error });
    if (error instanceof ParleyError && error.code === 'wrong-credentials' && !(await rest.server()).hasOwner)
      throw new Error(`Nobody has an account at ${url} yet. Make the first one with 'parley chat login --new'.`, {
        cause: error,
      });
    throw error;
  }
}
