import { useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { Button } from '../ui/button.tsx';
import { AuthForm } from './auth-form.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { NewPassword } from './new-password.tsx';

/** Where the link for a new password leads. */
export function ResetPage() {
  // Kept out of sight, and of the history, at once: whoever sees the address could use it.
  const [token] = useState(() => {
    const hash = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    return hash;
  });
  const [password, setPassword] = useState('');
  const [isDone, setDone] = useState(false);
  if (isDone)
    return (
      <AuthFrame title="Your password is changed" lead="You are signed out everywhere. Sign in with the new one.">
        <Button kind="primary" onClick={() => location.assign('/')}>
          To the sign-in page
        </Button>
      </AuthFrame>
    );
  const send = async () => {
    await rest.redeemPasswordReset({ token, password });
    setDone(true);
  };
  return (
    <AuthFrame title="A new password" lead="It signs out all your devices and ends the tokens of your programs.">
      <AuthForm action="Set the password" send={send}>
        {(error) => (
          <NewPassword
            label="New password"
            error={error?.field === 'password' ? error.text : undefined}
            value={password}
            onValue={setPassword}
          />
        )}
      </AuthForm>
    </AuthFrame>
  );
}
