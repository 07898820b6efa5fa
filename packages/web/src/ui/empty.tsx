import './empty.css';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** What stands where nothing is yet: a sentence, and what to do about it. */
export const Empty = ({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName;
  title: string;
  text: string;
  /** Buttons. */
  children?: ComponentChildren;
}) => (
  <div class="empty">
    <span class="empty-mark">
      <Icon name={icon} />
    </span>
    <h2 class="empty-title">{title}</h2>
    <p class="empty-text">{text}</p>
    {children === undefined ? null : <div class="empty-actions">{children}</div>}
  </div>
);
