import './button.css';
import type { ButtonHTMLAttributes } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type NativeProps = Omit<ButtonHTMLAttributes, 'size' | 'icon' | 'label'>;

export interface ButtonProps extends NativeProps {
  /** `primary`: the one thing to do here. `danger`: what cannot be taken back. */
  readonly kind?: 'primary' | 'plain' | 'danger';
  readonly size?: 's' | 'm';
  readonly icon?: IconName;
  /** Something is on its way: a turning mark, and no second press. */
  readonly busy?: boolean;
}

export function Button({ kind = 'plain', size = 'm', icon, busy = false, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind} button-${size} ${busy ? 'button-busy' : ''} ${String(rest.class ?? '')}`}
      aria-busy={busy}
      disabled={busy || rest.disabled === true}
    >
      {icon === undefined ? null : <Icon name={icon} size={size === 's' ? 16 : 20} />}
      <span class="button-text">{children}</span>
    </button>
  );
}

export interface IconButtonProps extends NativeProps {
  readonly icon: IconName;
  /** What it does: its name for screen readers, and its tooltip. */
  readonly label: string;
  readonly size?: 's' | 'm';
}

export const IconButton = ({ icon, label, size = 'm', ...rest }: IconButtonProps) => (
  <button
    type="button"
    title={label}
    {...rest}
    class={`icon-button icon-button-${size} ${String(rest.class ?? '')}`}
    aria-label={label}
  >
    <Icon name={icon} size={size === 's' ? 16 : 20} />
  </button>
);
