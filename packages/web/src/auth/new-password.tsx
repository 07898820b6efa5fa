import { limits } from '@parley/client';
import { Field } from '../ui/field.tsx';
import { PasswordInput } from '../ui/password-input.tsx';

export interface NewPasswordProps {
  readonly label: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** Where one chooses a password. */
export function NewPassword({ label, error, value, onValue }: NewPasswordProps) {
  return (
    <Field label={label} hint={`${limits.minPasswordLength} characters or more. A few words are good.`} error={error}>
      <PasswordInput
        name="password"
        autocomplete="new-password"
        required
        minLength={limits.minPasswordLength}
        value={value}
        onValue={onValue}
      />
    </Field>
  );
}
