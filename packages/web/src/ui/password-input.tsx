import './password-input.css';
import { limits } from '@parley/client';
import type { TargetedInputEvent } from 'preact';
import { useState } from 'preact/hooks';
import { IconButton } from './button.tsx';

export interface PasswordInputProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly name?: string;
  readonly required?: boolean;
  readonly minLength?: number;
}

/** A password that one may look at while writing it, which is better than writing it twice. */
export function PasswordInput({ value, onValue, ...rest }: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  const common = {
    ...rest,
    class: 'input',
    value,
    maxLength: limits.maxPasswordLength,
    spellcheck: false,
    autocapitalize: 'none',
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onValue(event.currentTarget.value),
  } as const;
  return (
    <div class="password-input">
      {shown ? <input {...common} type="text" /> : <input {...common} type="password" />}
      <IconButton icon="eye" size="s" label="Show the password" aria-pressed={shown} onClick={() => setShown(!shown)} />
    </div>
  );
}
