import { limits } from '@parley/client';
import { useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { learnPeople } from '../../state/people.ts';
import { me } from '../../state/session.ts';
import { failed, toast } from '../../state/toasts.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';

const colors = [
  'Brick',
  'Amber',
  'Olive',
  'Leaf',
  'Green',
  'Teal',
  'Lagoon',
  'Blue',
  'Indigo',
  'Violet',
  'Orchid',
  'Rose',
] as const;

export function ProfilePage() {
  const profile = me.value;
  const [displayName, setDisplayName] = useState(profile?.displayName ?? '');
  const [status, setStatus] = useState(profile?.status ?? '');
  const [busy, setBusy] = useState(false);
  if (profile === undefined) return null;
  const save = async (change: Parameters<typeof rest.updateMe>[0]) => {
    try {
      const changed = await rest.updateMe(change);
      me.value = changed;
      learnPeople([changed]);
      toast('Saved.');
    } catch (error) {
      failed(error);
    }
  };
  const submit = async () => {
    setBusy(true);
    await save({ displayName: displayName.trim(), status: status.trim() });
    setBusy(false);
  };
  const isSame = displayName.trim() === profile.displayName && status.trim() === profile.status;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="profile-head">
        <Avatar user={profile.id} size={56} />
        <div>
          <div class="profile-name">{profile.displayName}</div>
          <div class="profile-handle">@{profile.name}</div>
        </div>
      </div>
      <Field label="Name">
        <input
          class="input"
          required
          maxLength={limits.maxNameLength}
          autocomplete="name"
          value={displayName}
          onInput={(event) => setDisplayName(event.currentTarget.value)}
        />
      </Field>
      <Field label="Status" hint="What others see beside your name: “On the train”, “Back on Monday”.">
        <input
          class="input"
          maxLength={limits.maxStatusLength}
          autocomplete="off"
          value={status}
          onInput={(event) => setStatus(event.currentTarget.value)}
        />
      </Field>
      <fieldset class="swatches">
        <legend class="field-label">Colour</legend>
        {colors.map((name, color) => (
          <label key={name} class={`swatch avatar-color-${color}`} title={name}>
            <input
              type="radio"
              name="color"
              aria-label={name}
              checked={profile.color === color}
              onChange={() => void save({ color })}
            />
            <Icon name="check" size={16} />
          </label>
        ))}
      </fieldset>
      <div class="settings-actions">
        <Button kind="primary" type="submit" busy={busy} disabled={isSame || displayName.trim() === ''}>
          Save
        </Button>
      </div>
    </form>
  );
}
