import { useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { Field } from '../ui/field.tsx';
import { AuthForm } from './auth-form.tsx';

/** Has a link for a new password sent. What it says does not tell whether there is such an account. */
export function Forgot() {
  const [email, setEmail] = useState('');
  const [isSent, setSent] = useState(false);
  if (isSent)
    return (
      <p role="status">
        If an account here has the address {email}, a link is on its way there. It works for half an hour.
      </p>
    );
  const send = async () => {
    await rest.askPasswordReset(email.trim());
    setSent(true);
  };
  return (
    <AuthForm action="Send me a link" send={send}>
      {() => (
        <Field label="E-mail address" hint="The one you gave in your settings.">
          <input
            class="input"
            type="email"
            name="email"
            autocomplete="email"
            autofocus
            required
            maxLength={254}
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </Field>
      )}
    </AuthForm>
  );
}
