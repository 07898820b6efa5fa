import './moderation.css';
import type { ListedConversation, Moderation, ReportList } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ReportRows } from '../dialogs/report-rows.tsx';
import { WordsForm } from '../dialogs/words-form.tsx';
import { rest } from '../state/api.ts';
import { learnPeople } from '../state/people.ts';
import { sentenceOf } from '../state/toasts.ts';
import { JoinRequests, SilencedAndBanned } from './moderated-people.tsx';
import { ModerationRules } from './moderation-rules.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { PanelLoading } from './panel-loading.tsx';

/** What moderators keep order with: the rules, what was reported, who waits, who is silenced or banned. */
export function ModerationPanel({ conversation }: { conversation: ListedConversation }) {
  const { id, head } = conversation;
  const kept = useSignal<Moderation | undefined>(undefined);
  const reports = useSignal<ReportList['reports']>([]);
  const error = useSignal<string | undefined>(undefined);
  const load = () => {
    Promise.all([rest.moderation(id), rest.reports(id)]).then(
      ([moderation, found]) => {
        learnPeople([...moderation.people, ...found.people]);
        kept.value = moderation;
        reports.value = found.reports;
        error.value = undefined;
      },
      (cause: unknown) => {
        error.value = sentenceOf(cause);
      },
    );
  };
  useEffect(load, [id, head.changes]);
  return (
    <PanelFrame title="Moderation">
      <div class="panel-body moderation" tabIndex={0} role="group" aria-label="Moderation">
        {error.value !== undefined || kept.value === undefined ? (
          <PanelLoading label="Loading" error={error.value} retry={load} />
        ) : (
          <>
            <ModerationRules conversation={conversation} />
            <JoinRequests id={id} kept={kept.value} />
            <h3 class="moderation-title">Reports</h3>
            <ReportRows reports={reports.value} onChange={load} />
            <SilencedAndBanned id={id} kept={kept.value} />
            <WordsForm
              hint="Whole words or phrases, one on a line. Messages with one of them are refused here."
              words={kept.value.words}
              save={(words) => rest.setWords(id, words)}
            />
          </>
        )}
      </div>
    </PanelFrame>
  );
}
