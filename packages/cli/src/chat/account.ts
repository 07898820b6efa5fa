import { env, stderr } from 'node:process';
import { createClient, ParleyError, type Rest, type SignedIn } from '@parley/client';
import { UsageError } from '../options.ts';
import { keptSession } from '../sessions.ts';
import { askCode, askPassword } from './password.ts';

const device = 'parley chat';
/** Wrong codes until the password is asked for again: who reads one off a telephone is late now and then. */
const codesAtMost = 3;

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

/**
 * A new session for `NAME[:PASSWORD]`; asks for what else the account needs. With `isNew` the account is made first.
 * @throws UsageError where something has to be asked and there is no terminal
 */
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
    const begun = await rest.beginSignIn({ name, password, device });
    return 'challenge' in begun ? await withCode(rest, name, begun.challenge) : begun;
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

async function withCode(rest: Rest, name: string, challenge: string): Promise<SignedIn> {
  for (let left = codesAtMost; ; left--) {
    const code = await askCode(name);
    try {
      return await rest.finishSignIn({ challenge, code });
    } catch (error) {
      if (left === 1 || !(error instanceof ParleyError) || error.code !== 'wrong-code') throw error;
      stderr.write(`${error.message}\n`);
    }
  }
}
