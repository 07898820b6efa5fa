import { ParleyError } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { enter } from '../app/boot.ts';
import { rest } from '../state/api.ts';
import { about } from '../state/session.ts';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { PasswordInput } from '../ui/password-input.tsx';
import { takeArrival } from './arrival.ts';
import { AuthForm } from './auth-form.tsx';
import { CodeStep } from './code-step.tsx';
import { deviceName } from './device.ts';
import { hasPasskeys, signInByAutofill, signInWithPasskey } from './passkey.ts';

/** Name and password, and the other ways in. */
export function SignInForm() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [arrival] = useState(takeArrival);
  const [asksForPasskey, setAsksForPasskey] = useState(false);
  const [challenge, setChallenge] = useState(arrival.challenge);
  const send = async () => {
    const wish = { name: name.trim(), password, device: deviceName(navigator.userAgent) };
    const begun = await rest.beginSignIn(wish);
    if ('challenge' in begun) setChallenge(begun.challenge);
    else enter(begun.user);
  };
  // The browser asks one thing at a time.
  const offersPasskeys = challenge === undefined && !asksForPasskey;
  useEffect(() => {
    if (!offersPasskeys) return undefined;
    const offer = new AbortController();
    // Nobody asked for it, so nobody is told that it could not be offered.
    const taken = signInByAutofill(offer.signal).catch((error: unknown) => refusedPasskey(error));
    void taken.then((signedIn) => (signedIn === undefined ? undefined : enter(signedIn.user)));
    return () => offer.abort();
  }, [offersPasskeys]);
  if (challenge !== undefined) return <CodeStep challenge={challenge} />;
  return (
    <>
      <PasswordForm {...{ name, setName, password, setPassword, send }} />
      {hasPasskeys() ? <PasskeyButton busy={asksForPasskey} setBusy={setAsksForPasskey} /> : null}
      <SsoButton />
      {arrival.problem === undefined ? null : (
        <p class="auth-error" role="alert">
          <Icon name="alert" size={16} />
          {arrival.problem}
        </p>
      )}
    </>
  );
}

/** But a passkey that somebody took and the server refused is told of. */
function refusedPasskey(error: unknown): undefined {
  if (error instanceof ParleyError && error.code === 'passkey-refused') failed(error);
  return undefined;
}

interface PasskeyButtonProps {
  readonly busy: boolean;
  readonly setBusy: (busy: boolean) => void;
}

function PasskeyButton({ busy, setBusy }: PasskeyButtonProps) {
  const use = async () => {
    setBusy(true);
    try {
      const signedIn = await signInWithPasskey();
      if (signedIn !== undefined) enter(signedIn.user);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button class="auth-other" icon="key" busy={busy} onClick={() => void use()}>
      Use a passkey
    </Button>
  );
}

/** To the provider that this server trusts, where it has one. */
function SsoButton() {
  const name = about.value?.singleSignOn;
  if (name === undefined) return null;
  const go = async () => {
    try {
      location.assign((await rest.beginSingleSignOn()).url);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Button class="auth-other" icon="lock" onClick={() => void go()}>
      Continue with {name}
    </Button>
  );
}

interface PasswordFormProps {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly password: string;
  readonly setPassword: (password: string) => void;
  readonly send: () => Promise<void>;
}

function PasswordForm({ name, setName, password, setPassword, send }: PasswordFormProps) {
  return (
    <AuthForm action="Sign in" send={send}>
      {() => (
        <>
          <Field label="Name">
            <input
              class="input"
              name="username"
              autocomplete="username webauthn"
              autocapitalize="none"
              spellcheck={false}
              autofocus
              required
              maxLength={64}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </Field>
          <Field label="Password">
            <PasswordInput
              name="password"
              autocomplete="current-password"
              required
              value={password}
              onValue={setPassword}
            />
          </Field>
        </>
      )}
    </AuthForm>
  );
}
