import { useState } from 'preact/hooks';
import { enter } from '../app/boot.ts';
import { rest } from '../state/api.ts';
import { Field } from '../ui/field.tsx';
import { PasswordInput } from '../ui/password-input.tsx';
import { AuthForm } from './auth-form.tsx';
import { deviceName } from './device.ts';

export function SignInForm() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const send = async () => {
    const wish = { name: name.trim(), password, device: deviceName(navigator.userAgent) };
    enter((await rest.signIn(wish)).user);
  };
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
