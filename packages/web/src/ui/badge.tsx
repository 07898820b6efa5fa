import './badge.css';
import { countAtMost } from '../state/unread.ts';

/** A small number. `call`: somebody means you. `whisper`: there is something new. */
export function Badge({
  count,
  label,
  tone = 'call',
}: {
  count: number;
  /** What is counted, for screen readers: "unread messages". */
  label: string;
  tone?: 'call' | 'whisper';
}) {
  if (count <= 0) return null;
  const shown = count >= countAtMost ? `${countAtMost - 1}+` : String(count);
  return (
    <span class={`badge badge-${tone}`}>
      {shown}
      <span class="visually-hidden"> {label}</span>
    </span>
  );
}
