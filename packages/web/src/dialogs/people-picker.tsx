import './people-picker.css';
import type { Profile, UserId } from '@parley/client';
import { useId, useState } from 'preact/hooks';
import { people } from '../state/people.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { useListKeys } from './list-keys.ts';
import { usePeopleSearch } from './people-search.ts';

export interface PeoplePickerProps {
  readonly label: string;
  /** Who is not offered: oneself, members. */
  readonly except: (user: UserId) => boolean;
  readonly chosen: readonly UserId[];
  readonly onChange: (chosen: readonly UserId[]) => void;
  readonly autofocus?: boolean;
}

/** Chooses people by name: a text field that steers a list, and the chosen ones as chips before it. */
export function PeoplePicker({ label, except, chosen, onChange, autofocus = false }: PeoplePickerProps) {
  const [query, setQuery] = useState('');
  const id = useId();
  const found = usePeopleSearch(query).filter(({ id: user }) => !except(user));
  const toggle = (person: Profile | undefined) => {
    if (person === undefined) return;
    onChange(chosen.includes(person.id) ? chosen.filter((one) => one !== person.id) : [...chosen, person.id]);
    setQuery('');
  };
  const { active, setActive, onKeyDown } = useListKeys(found.length, query, (index) => toggle(found[index]));
  return (
    <div class="picker">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="picker-box">
        {chosen.map((user) => {
          const name = people.value.get(user)?.displayName ?? '…';
          return (
            <button
              key={user}
              type="button"
              class="picker-chip"
              onClick={() => onChange(chosen.filter((one) => one !== user))}
            >
              <Avatar user={user} size={20} />
              <span class="visually-hidden">Remove</span> {name}
              <Icon name="close" size={16} />
            </button>
          );
        })}
        <input
          id={id}
          class="picker-input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length === 0 ? undefined : `${id}-${active}`}
          autocomplete="off"
          spellcheck={false}
          autofocus={autofocus}
          placeholder={chosen.length === 0 ? 'A name or @handle' : ''}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Backspace' && query === '') onChange(chosen.slice(0, -1));
            else onKeyDown(event);
          }}
        />
      </div>
      <ul id={`${id}-list`} class="picker-list" role="listbox" aria-label="People found" aria-multiselectable="true">
        {found.map((person, index) => (
          <li
            key={person.id}
            id={`${id}-${index}`}
            ref={(element) => {
              if (index === active) element?.scrollIntoView({ block: 'nearest' });
            }}
            class={`picker-row ${index === active ? 'picker-active' : ''}`}
            role="option"
            aria-selected={chosen.includes(person.id)}
            onPointerMove={() => setActive(index)}
            onPointerDown={(event) => {
              event.preventDefault();
              toggle(person);
            }}
          >
            <Avatar user={person.id} size={28} />
            <span class="picker-name">{person.displayName}</span>
            <span class="picker-handle">@{person.name}</span>
            {chosen.includes(person.id) ? <Icon name="check" size={16} /> : null}
          </li>
        ))}
      </ul>
      <p class={found.length === 0 ? 'picker-none' : 'visually-hidden'} role="status">
        {found.length > 0 ? '' : query === '' ? 'Nobody else is here yet.' : 'Nobody by that name.'}
      </p>
    </div>
  );
}
