import type { ListedConversation } from '@parley/client';
import { wish } from '../state/actions.ts';
import { Field } from '../ui/field.tsx';

const pauses: readonly { readonly ms: number; readonly title: string }[] = [
  { ms: 0, title: 'Off' },
  { ms: 10_000, title: 'A message in 10 seconds' },
  { ms: 60_000, title: 'A message a minute' },
  { ms: 300_000, title: 'A message in 5 minutes' },
  { ms: 3_600_000, title: 'A message an hour' },
];

/** Slow mode, who writes and who gets in. Each change is sent at once. */
export function ModerationRules({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, slowModeMs = 0, readOnly = false, approval = false } = conversation;
  const isListed = pauses.some(({ ms }) => ms === slowModeMs);
  return (
    <>
      <Field label="Slow mode" hint="Moderators are not slowed down.">
        <select
          class="input"
          value={String(slowModeMs)}
          onChange={(event) => void wish(id, { type: 'setRules', slowModeMs: Number(event.currentTarget.value) })}
        >
          {isListed ? null : <option value={String(slowModeMs)}>A message in {slowModeMs / 1_000} seconds</option>}
          {pauses.map(({ ms, title }) => (
            <option key={ms} value={String(ms)}>
              {title}
            </option>
          ))}
        </select>
      </Field>
      <Choice
        label="Only moderators write"
        isOn={readOnly}
        set={(on) => void wish(id, { type: 'setRules', readOnly: on })}
      />
      {kind === 'channel' ? (
        <Choice
          label="Moderators let people in"
          isOn={approval}
          set={(on) => void wish(id, { type: 'setRules', approval: on })}
        />
      ) : null}
    </>
  );
}

const Choice = ({ label, isOn, set }: { label: string; isOn: boolean; set: (on: boolean) => void }) => (
  <label class="moderation-choice">
    <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
    {label}
  </label>
);
