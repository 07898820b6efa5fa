import './views.css';
import { dialog } from '../state/screen.ts';
import { about, me } from '../state/session.ts';
import { Icon, type IconName } from '../ui/icon.tsx';

interface Step {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly run: () => void;
}

const create: Step = {
  icon: 'hash',
  title: 'Create a channel',
  text: 'A room for one subject, open to everybody here.',
  run: () => (dialog.value = { type: 'create', kind: 'channel' }),
};
const browse: Step = {
  icon: 'eye',
  title: 'Browse the channels',
  text: 'See what the others talk about, and join.',
  run: () => (dialog.value = { type: 'browse' }),
};
const invite: Step = {
  icon: 'user-plus',
  title: 'Invite people',
  text: 'Send a link; whoever opens it is in.',
  run: () => (dialog.value = { type: 'settings', page: 'invitations' }),
};
const profile: Step = {
  icon: 'smile',
  title: 'Make yourself known',
  text: 'Choose your colour and say what you are up to.',
  run: () => (dialog.value = { type: 'settings', page: 'profile' }),
};
const write: Step = {
  icon: 'edit',
  title: 'Write to somebody',
  text: 'Just the two of you.',
  run: () => (dialog.value = { type: 'create', kind: 'direct' }),
};

/** The first page of somebody who is in no conversation yet. */
export function FirstRun() {
  const person = me.value;
  const isOwner = person?.serverRole === 'owner';
  const steps = isOwner ? [create, invite, profile] : [browse, write, create, profile];
  const server = about.value?.name ?? 'Parley';
  return (
    <main class="view first" tabIndex={-1}>
      <div class="first-box">
        <h1 class="first-title">
          {isOwner ? `${server} is yours, ${person.displayName}` : `Welcome, ${person?.displayName ?? ''}`}
        </h1>
        <p class="first-lead">
          {isOwner
            ? 'It is quiet here. Make a first room, then bring the others in.'
            : `You are in ${server}. Where would you like to begin?`}
        </p>
        <ul class="first-steps">
          {steps.map(({ icon, title, text, run }) => (
            <li key={title}>
              <button type="button" class="first-step" onClick={run}>
                <span class="first-icon">
                  <Icon name={icon} />
                </span>
                <span class="first-words">
                  <span class="first-name">{title}</span>
                  <span class="first-text">{text}</span>
                </span>
                <Icon name="chevron-right" size={16} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
