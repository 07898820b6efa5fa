import { useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { me } from '../../state/session.ts';
import { sentenceOf } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';

/** Everything that is kept of one, to take away, and the end of the account. */
export function OwnData() {
  const [password, setPassword] = useState('');
  const [removes, setRemoves] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const end = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await rest.deleteMe({ written: removes ? 'remove' : 'keep', ...(password === '' ? {} : { password }) });
      location.assign('/');
    } catch (cause) {
      setError(sentenceOf(cause));
      setBusy(false);
    }
  };
  return (
    <>
      <h3 class="settings-title">Take your data with you</h3>
      <p class="settings-text">
        Your profile, devices, conversations and everything you wrote, as a file with a line of JSON for each piece.
      </p>
      <div class="settings-actions">
        <a class="button button-plain button-m" href="/api/v1/me/export" download="parley-account.ndjson">
          <span class="button-text">Download it</span>
        </a>
      </div>
      <h3 class="settings-title">Delete your account</h3>
      {me.value?.serverRole === 'owner' ? (
        <p class="settings-text">The owner of a server cannot be deleted.</p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void end();
          }}
        >
          <p class="settings-text">
            You are signed out everywhere and cannot come back. Your name is free for others; what you wrote stays, by
            “Deleted account”.
          </p>
          <label class="own-data-choice">
            <input type="checkbox" checked={removes} onChange={(event) => setRemoves(event.currentTarget.checked)} />
            Remove what I wrote too
          </label>
          <Field label="Your password" error={error}>
            <PasswordInput autocomplete="current-password" value={password} onValue={setPassword} />
          </Field>
          <div class="settings-actions">
            <Button kind="danger" type="submit" busy={busy}>
              Delete my account
            </Button>
          </div>
        </form>
      )}
    </>
  );
}
