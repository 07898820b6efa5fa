import type { AddPasskey, CredentialOptions, PasskeySignIn, SignedIn } from '@parley/client';
import { rest } from '../state/api.ts';
import { deviceName } from './device.ts';

/** Fetched when somebody wants a passkey. */
const webauthn = () => import('@simplewebauthn/browser');
type Webauthn = Awaited<ReturnType<typeof webauthn>>;
type CreationOptions = Parameters<Webauthn['startRegistration']>[0]['optionsJSON'];

/** A challenge is good for five minutes, and who has the page open may be away for longer. */
const renewedMs = 4 * 60_000;

/** Browsers have passkeys only where nobody on the way can listen. */
export const hasPasskeys = (): boolean => isSecureContext && 'PublicKeyCredential' in globalThis;

/** Asks for one of the passkeys that this device has for this server, whoever's it is. `undefined` when its owner thought better of it. */
export async function signInWithPasskey(): Promise<SignedIn | undefined> {
  const [{ startAuthentication }, options] = await Promise.all([webauthn(), rest.passkeyChallenge()]);
  const response = await unlessCancelled(startAuthentication({ optionsJSON: options }));
  return response === undefined ? undefined : shown(response);
}

/**
 * Lets the browser offer this device's passkeys in the field of the name, beside the names it knows; resolves once somebody
 * took one, and to `undefined` when that cannot be or `signal` ends it. Asks for nothing by itself.
 */
export async function signInByAutofill(signal: AbortSignal): Promise<SignedIn | undefined> {
  if (!hasPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return undefined;
  const { startAuthentication, WebAuthnAbortService } = await webauthn();
  for (let goesOn = true; goesOn && !signal.aborted; ) {
    const options = await rest.passkeyChallenge();
    if (signal.aborted) return undefined;
    goesOn = false;
    const end = () => WebAuthnAbortService.cancelCeremony();
    signal.addEventListener('abort', end);
    const renewal = setTimeout(() => {
      goesOn = true;
      end();
    }, renewedMs);
    try {
      const response = await unlessCancelled(startAuthentication({ optionsJSON: options, useBrowserAutofill: true }));
      if (response !== undefined) return await shown(response);
    } finally {
      clearTimeout(renewal);
      // By now it may be the button's own asking that `end` would end.
      signal.removeEventListener('abort', end);
    }
  }
  return undefined;
}

function shown(response: object): Promise<SignedIn> {
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
