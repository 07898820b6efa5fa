import type { BanList, ReportList } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../../state/api.ts';
import { fullTime, shortDate } from '../../state/format.ts';
import { displayNameOf, learnPeople } from '../../state/people.ts';
import { failed } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { ReportRows } from '../report-rows.tsx';
import { WordsForm } from '../words-form.tsx';

interface Kept {
  readonly reports: ReportList['reports'];
  readonly bans: BanList['bans'];
  readonly words: readonly string[];
}

/** Keeping order on the whole server, for its administrators. */
export function Order() {
  const [kept, setKept] = useState<Kept>();
  const load = () => {
    Promise.all([rest.serverReports(), rest.bans(), rest.serverWords()]).then(([found, banned, words]) => {
      learnPeople([...found.people, ...banned.people]);
      setKept({ reports: found.reports, bans: banned.bans, words });
    }, failed);
  };
  useEffect(load, []);
  if (kept === undefined) return <Spinner label="Loading" />;
  return (
    <>
      <h3 class="settings-title">Reports</h3>
      <ReportRows reports={kept.reports} onChange={load} />
      <h3 class="settings-title">Banned from this server</h3>
      {kept.bans.length === 0 ? <p class="settings-text">Nobody. You ban somebody from their profile.</p> : null}
      <ul class="plain-list">
        {kept.bans.map(({ user, by, at, until }) => (
          <li key={user} class="entry-row">
            <span class="entry-text">
              <span class="entry-name">{displayNameOf(user)}</span>
              <span class="entry-about">
                By {displayNameOf(by)}, {shortDate(at)}
                {until === undefined ? '' : `, until ${fullTime(until)}`}
              </span>
            </span>
            <Button size="s" onClick={() => void rest.liftBan(user).then(load, failed)}>
              Lift<span class="visually-hidden"> the ban of {displayNameOf(user)}</span>
            </Button>
          </li>
        ))}
      </ul>
      <h3 class="settings-title">Words</h3>
      <WordsForm
        hint="Whole words or phrases, one on a line. Messages with one of them are refused everywhere."
        words={kept.words}
        save={(words) => rest.setServerWords(words)}
      />
    </>
  );
}
