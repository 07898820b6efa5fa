import { useState } from 'preact/hooks';
import { enter } from '../app/boot.ts';
import { rest } from '../state/api.ts';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { PasswordInput } from '../ui/password-input.tsx';
import { AuthForm } from './auth-form.tsx';
import { CodeStep } from './code-step.tsx';
import { deviceName } from './device.ts';
import { hasPasskeys, signInWithPasskey } from './passkey.ts';

/** Name and password, and the other ways in. */
export function SignInForm() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [challenge, setChallenge] = useState<string>();
  const send = async () => {
    const wish = { name: name.trim(), password, device: deviceName(navigator.userAgent) };
    const begun = await rest.beginSignIn(wish);
    if ('challenge' in begun) setChallenge(begun.challenge);
    else enter(begun.user);
  };
  if (challenge !== undefined) return <CodeStep challenge={challenge} />;
  return (
    <>
      <PasswordForm {...{ name, setName, password, setPassword, send }} />
      {hasPasskeys() ? <PasskeyButton /> : null}
    </>
  );
}

function PasskeyButton() {
  const [busy, setBusy] = useState(false);
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
              autocomplete="username"
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
