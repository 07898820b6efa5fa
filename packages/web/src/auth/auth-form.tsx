import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { type FormError, formError } from './form-error.ts';

/** A form that sends once at a time and shows what went wrong: at the field where it is about one, else above the button. */
export function AuthForm({
  action,
  send,
  children,
}: {
  action: string;
  send: () => Promise<void>;
  children: (error: FormError | undefined) => ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<FormError>();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (thrown) {
      setError(formError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="auth-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children(error)}
      {error === undefined || error.field !== undefined ? null : (
        <p class="auth-error" role="alert">
          <Icon name="alert" size={16} />
          {error.text}
        </p>
      )}
      <Button kind="primary" type="submit" busy={busy}>
        {action}
      </Button>
    </form>
  );
}
