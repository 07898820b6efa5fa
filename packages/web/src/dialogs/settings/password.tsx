import { limits, ParleyError } from '@parley/client';
import { useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { me } from '../../state/session.ts';
import { sentenceOf, toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';

export function Password() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ readonly field: 'current' | 'next'; readonly text: string }>();
  const change = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await rest.changePassword({ current, next });
      setCurrent('');
      setNext('');
      toast('The password is changed. Your other devices are signed out.');
    } catch (thrown) {
      const isWrong = thrown instanceof ParleyError && thrown.code === 'wrong-credentials';
      setError(
        isWrong
          ? { field: 'current', text: 'This is not your password.' }
          : { field: 'next', text: sentenceOf(thrown) },
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <h3 class="settings-title">Change the password</h3>
      <p class="settings-text">It signs out all your other devices.</p>
      {/* Password managers want to know whose it is. */}
      <input
        class="visually-hidden"
        type="text"
        autocomplete="username"
        readOnly
        tabIndex={-1}
        aria-hidden="true"
        value={me.value?.name ?? ''}
      />
      <Field label="Password until now" error={error?.field === 'current' ? error.text : undefined}>
        <PasswordInput autocomplete="current-password" required value={current} onValue={setCurrent} />
      </Field>
      <Field
        label="New password"
        hint={`At least ${limits.minPasswordLength} characters.`}
        error={error?.field === 'next' ? error.text : undefined}
      >
        <PasswordInput
          autocomplete="new-password"
          required
          minLength={limits.minPasswordLength}
          value={next}
          onValue={setNext}
        />
      </Field>
      <div class="settings-actions">
        <Button kind="primary" type="submit" busy={busy} disabled={current === '' || next === ''}>
          Change it
        </Button>
      </div>
    </form>
  );
}
