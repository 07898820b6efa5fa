import { limits } from '@parley/client';
import { useState } from 'preact/hooks';
import { enter } from '../app/boot.ts';
import { rest } from '../state/api.ts';
import { Field } from '../ui/field.tsx';
import { AuthForm } from './auth-form.tsx';
import { deviceName } from './device.ts';
import { suggestHandle } from './handle.ts';
import { NewPassword } from './new-password.tsx';

/** Makes an account. The handle follows what one is called until one chooses it oneself. */
export function SignUpForm({ action, invite }: { action: string; invite?: string }) {
  const [displayName, setDisplayName] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [password, setPassword] = useState('');
  const name = chosen ?? suggestHandle(displayName);
  const send = async () => {
    const { user } = await rest.signUp({
      name,
      password,
      device: deviceName(navigator.userAgent),
      ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }),
      ...(invite === undefined ? {} : { invite }),
    });
    enter(user);
  };
  return (
    <AuthForm action={action} send={send}>
      {(error) => (
        <>
          <Field label="Your name" hint="As people call you.">
            <input
              class="input"
              name="name"
              autocomplete="name"
              autofocus
              required
              maxLength={limits.maxNameLength}
              value={displayName}
              onInput={(event) => setDisplayName(event.currentTarget.value)}
            />
          </Field>
          <Field
            label="Handle"
            hint={`Others mention you by it: @${name === '' ? 'handle' : name}`}
            error={error?.field === 'name' ? error.text : undefined}
          >
            <input
              class="input"
              name="username"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              maxLength={32}
              value={name}
              onInput={(event) => setChosen(event.currentTarget.value.trim())}
            />
          </Field>
          <NewPassword
            label="Password"
            error={error?.field === 'password' ? error.text : undefined}
            value={password}
            onValue={setPassword}
          />
        </>
      )}
    </AuthForm>
  );
}
