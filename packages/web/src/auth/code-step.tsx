import { useState } from 'preact/hooks';
import { enter } from '../app/boot.ts';
import { rest } from '../state/api.ts';
import { Field } from '../ui/field.tsx';
import { AuthForm } from './auth-form.tsx';

/** The second step of signing in: a code of the app, or one of those for when it is lost. */
export function CodeStep({ challenge }: { challenge: string }) {
  const [code, setCode] = useState('');
  const send = async () => enter((await rest.finishSignIn({ challenge, code })).user);
  return (
    <AuthForm action="Sign in" send={send}>
      {() => (
        <Field label="Code" hint="Six digits from your authenticator app, or one of your recovery codes.">
          <input
            class="input"
            name="one-time-code"
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck={false}
            autofocus
            required
            maxLength={64}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </Field>
      )}
    </AuthForm>
  );
}
