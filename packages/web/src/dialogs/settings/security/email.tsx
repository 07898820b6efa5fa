import type { EmailState } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../../state/api.ts';
import { failed, toast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import { ProofForm } from './proof-form.tsx';

/** One's e-mail address: where a new password can be sent. */
export function Email() {
  const [state, setState] = useState<EmailState>();
  const [step, setStep] = useState<'rest' | 'change' | 'remove'>('rest');
  const [email, setEmail] = useState('');
  const load = () => rest.email().then(setState, failed);
  useEffect(() => void load(), []);
  const cancel = () => setStep('rest');
  const change = async (next: string | null, password: string) => {
    await rest.changeEmail({ email: next, password });
    toast(next === null ? 'The address is removed.' : `A link is on its way to ${next}.`);
    cancel();
    await load();
  };
  return (
    <>
      <h3 class="settings-title">E-mail address</h3>
      <p class="settings-text">
        {state?.email === undefined
          ? 'Nobody sees it. When you forget your password, a new one can be had by it.'
          : `${state.email}. Nobody else sees it.`}
        {state?.waiting === undefined
          ? ''
          : ` A link was sent to ${state.waiting}; follow it to make the address yours.`}
        {state?.canSend === false ? ' This server sends no mail.' : ''}
      </p>
      {step === 'rest' ? (
        <div class="settings-actions">
          <Button disabled={state?.canSend !== true} onClick={() => setStep('change')}>
            {state?.email === undefined ? 'Add an address' : 'Change it'}
          </Button>
          {state?.email === undefined ? null : <Button onClick={() => setStep('remove')}>Remove it</Button>}
        </div>
      ) : null}
      {step === 'change' ? (
        <ProofForm
          action="Send a link"
          asks={['password']}
          onCancel={cancel}
          run={({ password }) => change(email.trim(), password)}
        >
          <Field label="New e-mail address">
            <input
              class="input"
              type="email"
              autocomplete="email"
              required
              maxLength={254}
              value={email}
              onInput={(event) => setEmail(event.currentTarget.value)}
            />
          </Field>
        </ProofForm>
      ) : null}
      {step === 'remove' ? (
        <ProofForm
          action="Remove it"
          kind="danger"
          asks={['password']}
          onCancel={cancel}
          run={({ password }) => change(null, password)}
        />
      ) : null}
    </>
  );
}
