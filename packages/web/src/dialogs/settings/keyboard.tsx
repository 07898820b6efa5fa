import { isApple } from '../../app/platform.ts';

const command = isApple() ? '⌘' : 'Ctrl';
const alt = isApple() ? '⌥' : 'Alt';

const parts: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Going around',
    keys: [
      ['Jump to a conversation or person', `${command} K`],
      ['Next or previous conversation', `${alt} ↓ ↑`],
      ['Next or previous with unread messages', `${alt} Shift ↓ ↑`],
      ['Close the panel', 'Esc'],
      ['Settings', `${command} ,`],
      ['This list', `${command} /`],
    ],
  },
  {
    title: 'Writing',
    keys: [
      ['Send', 'Enter'],
      ['New line', 'Shift Enter'],
      ['Change your last message', '↑'],
      ['Bold', `${command} B`],
      ['Italic', `${command} I`],
      ['Mention somebody', '@'],
    ],
  },
];

/** What the keys do. */
export const Keyboard = () => (
  <>
    {parts.map(({ title, keys }) => (
      <section key={title}>
        <h3 class="settings-title">{title}</h3>
        <dl class="keys">
          {keys.map(([what, key]) => [
            <dt key={what}>{what}</dt>,
            <dd key={`${what}-key`}>
              <kbd>{key}</kbd>
            </dd>,
          ])}
        </dl>
      </section>
    ))}
  </>
);
