import { plural } from '../state/format.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Suggestion } from './completion.ts';
import type { Completion } from './use-completion.ts';

const massMeaning = { all: 'Everybody in this conversation', here: 'Everybody who is here now' } as const;

/** The people an `@` can mean, above the text. The focus stays in the text; the field names the active one. */
export function CompletionList({ id, completion }: { id: string; completion: Completion }) {
  const suggestions = completion.suggestions.value;
  const active = completion.active.value;
  return (
    <>
      <div class="visually-hidden" role="status">
        {suggestions.length === 0 ? '' : `${plural(suggestions.length, 'name')} to choose from with the arrow keys`}
      </div>
      {suggestions.length === 0 ? null : (
        <div class="completion" id={id} role="listbox" aria-label="People to mention">
          {suggestions.map((suggestion, index) => (
            <div
              key={suggestion.name}
              id={`${id}-${index}`}
              class="completion-item"
              role="option"
              aria-selected={index === active}
              onPointerMove={() => {
                completion.active.value = index;
              }}
              onPointerDown={(event) => {
                // The text keeps the focus.
                event.preventDefault();
                completion.choose(suggestion);
              }}
            >
              <Choice suggestion={suggestion} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

const Choice = ({ suggestion }: { suggestion: Suggestion }) =>
  suggestion.type === 'person' ? (
    <>
      <Avatar user={suggestion.profile.id} size={20} />
      <span class="completion-name">{suggestion.profile.displayName}</span>
      <span class="completion-hint">@{suggestion.name}</span>
    </>
  ) : (
    <>
      <span class="completion-mass">
        <Icon name="users" size={16} />
      </span>
      <span class="completion-name">@{suggestion.name}</span>
      <span class="completion-hint">{massMeaning[suggestion.name]}</span>
    </>
  );
