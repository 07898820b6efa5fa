import type { ListedConversation } from '@parley/client';
import { openId } from '../state/conversations.ts';
import { collapsed, toggleSection } from '../state/preferences.ts';
import { type DialogName, dialog } from '../state/screen.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ConversationRow } from './conversation-row.tsx';

export interface SectionProps {
  /** Under which it is remembered as folded. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly ListedConversation[];
  readonly add?: { readonly label: string; readonly dialog: DialogName };
}

/** A foldable part of the list. Folded, it still shows what calls and where one is. */
export function Section({ name, title, rows, add }: SectionProps) {
  const isFolded = collapsed.value.has(name);
  const shown = isFolded
    ? rows.filter(({ id, unread, mentions, muted }) => id === openId.value || mentions > 0 || (unread > 0 && !muted))
    : rows;
  return (
    <section class="sidebar-section">
      <div class="sidebar-head">
        <h2 class="sidebar-title">
          <button type="button" class="sidebar-fold" aria-expanded={!isFolded} onClick={() => toggleSection(name)}>
            <Icon name={isFolded ? 'chevron-right' : 'chevron-down'} size={16} />
            {title}
          </button>
        </h2>
        {add === undefined ? null : (
          <IconButton icon="plus" size="s" label={add.label} onClick={() => (dialog.value = add.dialog)} />
        )}
      </div>
      {shown.length === 0 ? null : (
        <ul class="sidebar-list">
          {shown.map((conversation) => (
            <ConversationRow key={conversation.id} conversation={conversation} />
          ))}
        </ul>
      )}
    </section>
  );
}
