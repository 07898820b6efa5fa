import './security.css';
import type { ServiceToken } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../../state/api.ts';
import { relative } from '../../../state/format.ts';
import { failed, toast } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { CopyButton } from '../copy-button.tsx';
import { NewToken } from './new-token.tsx';

/** Tokens of one's programs. */
export function Tokens() {
  const [tokens, setTokens] = useState<readonly ServiceToken[]>([]);
  const [step, setStep] = useState<{ readonly at: 'rest' | 'new' } | { readonly at: 'told'; readonly token: string }>({
    at: 'rest',
  });
  const load = () => rest.tokens().then(setTokens, failed);
  useEffect(() => void load(), []);
  const end = async ({ id, name }: ServiceToken) => {
    try {
      await rest.revokeToken(id);
      setTokens((before) => before.filter((one) => one.id !== id));
      toast(`“${name}” has no access any more.`);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <h3 class="settings-title">Tokens of your programs</h3>
      <p class="settings-text">A program that has one acts as you, within what you allow it.</p>
      <ul class="plain-list">
        {tokens.map((one) => (
          <li key={one.id} class="entry-row">
            <Icon name="key" />
            <span class="entry-text">
              <span class="entry-name">{one.name}</span>
              <span class="entry-about">
                {one.scopes.join(', ')} · used {relative(one.lastUsedAt)} · ends {relative(one.expiresAt)}
              </span>
            </span>
            <IconButton icon="trash" size="s" label={`End ${one.name}`} onClick={() => void end(one)} />
          </li>
        ))}
      </ul>
      {step.at === 'rest' ? (
        <div class="settings-actions">
          <Button icon="plus" onClick={() => setStep({ at: 'new' })}>
            New token
          </Button>
        </div>
      ) : null}
      {step.at === 'new' ? (
        <NewToken
          onCancel={() => setStep({ at: 'rest' })}
          onMade={(token) => {
            setStep({ at: 'told', token });
            void load();
          }}
        />
      ) : null}
      {step.at === 'told' ? (
        <>
          <p class="settings-text" role="status">
            Copy it now: it is not shown again.
          </p>
          <div class="address">
            <code>{step.token}</code>
            <CopyButton text={step.token} what="the token" />
          </div>
          <div class="settings-actions">
            <Button onClick={() => setStep({ at: 'rest' })}>I have copied it</Button>
          </div>
        </>
      ) : null}
    </>
  );
}
