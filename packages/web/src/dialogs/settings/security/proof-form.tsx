import { ParleyError } from '@parley/client';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { sentenceOf } from '../../../state/toasts.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { PasswordInput } from '../../../ui/password-input.tsx';

export interface Proof {
  readonly password: string;
  readonly code: string;
}

export interface ProofFormProps {
  readonly action: string;
  readonly kind?: 'primary' | 'danger';
  /** What is asked for beside what the children ask. */
  readonly asks: readonly ('password' | 'code')[];
  readonly children?: ComponentChildren;
  readonly onCancel?: () => void;
  readonly run: (proof: Proof) => Promise<void>;
}

/** A form that asks who it is before it does something about how one signs in. */
export function ProofForm({ action, kind = 'primary', asks, children, onCancel, run }: ProofFormProps) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ readonly at: 'password' | 'code' | 'form'; readonly text: string }>();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run({ password, code });
      setPassword('');
      setCode('');
    } catch (thrown) {
      const code = thrown instanceof ParleyError ? thrown.code : undefined;
      const at = code === 'wrong-credentials' ? 'password' : code === 'wrong-code' ? 'code' : 'form';
      setError({ at: at !== 'form' && asks.includes(at) ? at : 'form', text: sentenceOf(thrown) });
    } finally {
      setBusy(false);
    }
  };
  const errorAt = (at: 'password' | 'code'): string | undefined => (error?.at === at ? error.text : undefined);
  return (
    <form
      class="proof-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      {asks.includes('password') ? (
        <Field label="Your password" error={errorAt('password')}>
          <PasswordInput autocomplete="current-password" required value={password} onValue={setPassword} />
        </Field>
      ) : null}
      {asks.includes('code') ? (
        <Field label="Code" hint="Six digits from your authenticator app." error={errorAt('code')}>
          <input
            class="input"
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck={false}
            required
            maxLength={64}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </Field>
      ) : null}
      {error?.at === 'form' ? (
        <p class="field-error" role="alert">
          {error.text}
        </p>
      ) : null}
      <div class="settings-actions">
        <Button kind={kind} type="submit" busy={busy}>
          {action}
        </Button>
        {onCancel === undefined ? null : <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
