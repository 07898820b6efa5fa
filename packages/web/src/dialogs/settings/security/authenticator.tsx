import type { OneTimeCodeSecret, OneTimeCodes } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../../state/api.ts';
import { plural } from '../../../state/format.ts';
import { failed, toast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/button.tsx';
import { ProofForm } from './proof-form.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SquareCode } from './square-code.tsx';

type Step =
  | { readonly at: 'rest' | 'password' | 'renew' | 'off' }
  | { readonly at: 'secret'; readonly secret: OneTimeCodeSecret }
  | { readonly at: 'codes'; readonly codes: readonly string[] };

/** Codes of an authenticator app as a second step, turned on and off. */
export function Authenticator() {
  const [state, setState] = useState<OneTimeCodes>();
  const [step, setStep] = useState<Step>({ at: 'rest' });
  const load = () => rest.oneTimeCodes().then(setState, failed);
  useEffect(() => void load(), []);
  const cancel = () => setStep({ at: 'rest' });
  const told = async (codes: readonly string[]) => {
    setStep({ at: 'codes', codes });
    await load();
  };
  return (
    <>
      <h3 class="settings-title">Authenticator app</h3>
      <p class="settings-text">
        {state?.isOn === true
          ? `Signing in with your password needs a code too. ${plural(state.recoveryCodesLeft, 'recovery code')} left.`
          : 'Signing in with your password can ask for a code of an app on your telephone too.'}
      </p>
      {step.at === 'rest' && state !== undefined ? (
        <div class="settings-actions">
          {state.isOn ? (
            <>
              <Button onClick={() => setStep({ at: 'renew' })}>New recovery codes</Button>
              <Button kind="danger" onClick={() => setStep({ at: 'off' })}>
                Turn it off
              </Button>
            </>
          ) : (
            <Button icon="plus" onClick={() => setStep({ at: 'password' })}>
              Set it up
            </Button>
          )}
        </div>
      ) : null}
      {step.at === 'password' ? (
        <ProofForm
          action="Go on"
          asks={['password']}
          onCancel={cancel}
          run={async ({ password }) => setStep({ at: 'secret', secret: await rest.beginOneTimeCodes(password) })}
        />
      ) : null}
      {step.at === 'secret' ? (
        <ProofForm
          action="Turn it on"
          asks={['code']}
          onCancel={cancel}
          run={async ({ code }) => told(await rest.confirmOneTimeCodes(code))}
        >
          <p class="settings-text">
            Let the app look at this, or type the secret into it. Then type the code it shows.
          </p>
          <SquareCode text={step.secret.uri} label="The secret for your authenticator app, as a square code" />
          <p class="settings-text">
            Secret: <code class="secret">{step.secret.secret}</code>
          </p>
        </ProofForm>
      ) : null}
      {step.at === 'codes' ? <RecoveryCodes codes={step.codes} onDone={cancel} /> : null}
      {step.at === 'renew' ? (
        <ProofForm
          action="Make new ones"
          asks={['password', 'code']}
          onCancel={cancel}
          run={async (proof) => told(await rest.renewRecoveryCodes(proof))}
        />
      ) : null}
      {step.at === 'off' ? (
        <ProofForm
          action="Turn it off"
          kind="danger"
          asks={['password', 'code']}
          onCancel={cancel}
          run={async (proof) => {
            await rest.removeOneTimeCodes(proof);
            toast('Signing in needs no code any more.');
            cancel();
            await load();
          }}
        />
      ) : null}
    </>
  );
}
