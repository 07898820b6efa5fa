import { mayOnServer, type Scope } from '@parley/client';
import { useState } from 'preact/hooks';
import { rest } from '../../../state/api.ts';
import { me } from '../../../state/session.ts';
import { Field } from '../../../ui/field.tsx';
import { ProofForm } from './proof-form.tsx';

const dayMs = 86_400_000;
const lives = [7, 30, 90, 365] as const;
const kinds: readonly { readonly scope: Scope; readonly text: string }[] = [
  { scope: 'read', text: 'Read what you can read' },
  { scope: 'write', text: 'Write, react, change' },
  { scope: 'invite', text: 'Invite people to this server' },
  { scope: 'admin', text: 'Administer this server' },
];

export function NewToken({ onMade, onCancel }: { onMade: (token: string) => void; onCancel: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['read']);
  const [days, setDays] = useState<number>(90);
  const rank = me.value?.serverRole ?? 'guest';
  const shown = kinds.filter(
    ({ scope }) =>
      (scope !== 'admin' || mayOnServer('makeAccounts', rank)) &&
      (scope !== 'invite' || mayOnServer('inviteToServer', rank)),
  );
  return (
    <ProofForm
      action="Make the token"
      asks={['password']}
      onCancel={onCancel}
      run={async ({ password }) => {
        const wish = { name: name.trim(), scopes: [...scopes], expiresInMs: days * dayMs, password };
        onMade((await rest.createToken(wish)).token);
      }}
    >
      <Field label="What it is for">
        <input
          class="input"
          required
          maxLength={64}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <fieldset class="scopes">
        <legend class="field-label">What it may do</legend>
        {shown.map(({ scope, text }) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={({ currentTarget: { checked } }) =>
                setScopes((before) => (checked ? [...before, scope] : before.filter((one) => one !== scope)))
              }
            />
            {text}
          </label>
        ))}
      </fieldset>
      <Field label="Works for">
        <select class="input" onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {lives.map((one) => (
            <option key={one} value={one} selected={one === days}>
              {one === 365 ? '1 year' : `${one} days`}
            </option>
          ))}
        </select>
      </Field>
    </ProofForm>
  );
}
