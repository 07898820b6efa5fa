import type { AddPasskey, CredentialOptions, PasskeySignIn, SignedIn } from '@parley/client';
import { rest } from '../state/api.ts';
import { deviceName } from './device.ts';

/** Fetched when somebody wants a passkey. */
const webauthn = () => import('@simplewebauthn/browser');
type Webauthn = Awaited<ReturnType<typeof webauthn>>;
type CreationOptions = Parameters<Webauthn['startRegistration']>[0]['optionsJSON'];

/** Browsers have passkeys only where nobody on the way can listen. */
export const hasPasskeys = (): boolean => isSecureContext && 'PublicKeyCredential' in globalThis;

/** Asks for one of the passkeys that this device has for this server, whoever's it is. `undefined` when its owner thought better of it. */
export async function signInWithPasskey(): Promise<SignedIn | undefined> {
  const [{ startAuthentication }, options] = await Promise.all([webauthn(), rest.passkeyChallenge()]);
  const response = await unlessCancelled(startAuthentication({ optionsJSON: options }));
  if (response === undefined) return undefined;
  const answer = { ...response } as unknown as PasskeySignIn['response'];
  return rest.signInWithPasskey({ response: answer, device: deviceName(navigator.userAgent) });
}

/** Makes a passkey on this device; resolves to whether there is one more. */
export async function makePasskey(options: CredentialOptions, name: string): Promise<boolean> {
  const { startRegistration } = await webauthn();
  const response = await unlessCancelled(startRegistration({ optionsJSON: options as unknown as CreationOptions }));
  if (response === undefined) return false;
  await rest.addPasskey({ name, response: { ...response } as unknown as AddPasskey['response'] });
  return true;
}

/** Closing the browser's own dialog is no error. */
async function unlessCancelled<Answer>(asking: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return undefined;
    throw error;
  }
}
