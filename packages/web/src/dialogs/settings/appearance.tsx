import { type Theme, theme } from '../../state/preferences.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';

const themes: readonly { readonly value: Theme; readonly title: string; readonly icon: IconName }[] = [
  { value: 'system', title: 'As the system', icon: 'monitor' },
  { value: 'light', title: 'Light', icon: 'sun' },
  { value: 'dark', title: 'Dark', icon: 'moon' },
];

export const Appearance = () => (
  <>
    <h3 class="settings-title">Theme</h3>
    <p class="settings-text">Kept in this browser.</p>
    <div class="themes" role="radiogroup" aria-label="Theme">
      {themes.map(({ value, title, icon }) => (
        <label key={value} class="theme">
          <input type="radio" name="theme" checked={theme.value === value} onChange={() => (theme.value = value)} />
          <Icon name={icon} />
          {title}
        </label>
      ))}
    </div>
  </>
);
