import './icon.css';
import { icons } from './icons.ts';

export type IconName = keyof typeof icons;

/** A small drawing in the colour of the text around it; never the only bearer of a meaning, so hidden from screen readers. */
export const Icon = ({ name, size = 20 }: { name: IconName; size?: 16 | 20 }) => (
  <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
    <path d={icons[name]} />
  </svg>
);
