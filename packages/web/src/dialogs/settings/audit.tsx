import type { AuditEntry } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { fullTime } from '../../state/format.ts';
import { displayNameOf, learnPeople } from '../../state/people.ts';
import { failed } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';

const pageSize = 50;

/** Who did what to whom, from where: the newest first, older ones on demand. */
export function AuditLog() {
  const [entries, setEntries] = useState<readonly AuditEntry[]>();
  const [hasMore, setHasMore] = useState(true);
  const load = async (before?: string) => {
    try {
      const page = await rest.audit({ limit: pageSize, ...(before === undefined ? {} : { before }) });
      learnPeople(page.people);
      setHasMore(page.entries.length === pageSize);
      setEntries((known) => [...(before === undefined ? [] : (known ?? [])), ...page.entries]);
    } catch (error) {
      failed(error);
    }
  };
  useEffect(() => void load(), []);
  if (entries === undefined) return <Spinner label="Loading the audit log" />;
  const oldest = entries.at(-1)?.key;
  return (
    <>
      <h3 class="settings-title">Audit log</h3>
      <p class="settings-text">Nobody can change it. “parley admin audit” exports it.</p>
      <ul class="plain-list">
        {entries.map((entry) => (
          <li key={entry.key} class="entry-row">
            <span class="entry-text">
              <span class="entry-name">{deedOf(entry)}</span>
              <span class="entry-about">
                {[fullTime(entry.at), entry.address, ...detailsOf(entry)]
                  .filter((part) => part !== undefined)
                  .join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {hasMore && oldest !== undefined ? (
        <div class="settings-actions">
          <Button onClick={() => void load(oldest)}>Show older entries</Button>
        </div>
      ) : null}
    </>
  );
}

function deedOf({ act, actor, target }: AuditEntry): string {
  const by = actor === undefined ? '' : ` by ${displayNameOf(actor)}`;
  return `${act}${by}${target === undefined ? '' : `, about ${displayNameOf(target)}`}`;
}

const detailsOf = ({ detail }: AuditEntry): string[] =>
  Object.entries(detail ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
