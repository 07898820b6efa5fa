import '../panels/moderation.css';
import type { Report } from '@parley/client';
import { MessageText } from '../message/message-text.tsx';
import { wish } from '../state/actions.ts';
import { rest } from '../state/api.ts';
import { plural, relative } from '../state/format.ts';
import { displayNameOf } from '../state/people.ts';
import { allowed } from '../state/rights.ts';
import { failed } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { reasons } from './reasons.ts';

const titles = new Map(reasons.map(({ reason, title }) => [reason, title]));

/** What was reported and is not settled, with what can be done about it. */
export function ReportRows({ reports, onChange }: { reports: readonly Report[]; onChange: () => void }) {
  if (reports.length === 0) return <p class="moderated-about">Nothing is reported.</p>;
  return (
    <ul class="plain-list">
      {reports.map((report) => (
        <ReportRow key={`${report.conversation} ${report.seq}`} report={report} onChange={onChange} />
      ))}
    </ul>
  );
}

function ReportRow({ report, onChange }: { report: Report; onChange: () => void }) {
  const { author, reporters, message, conversation, seq } = report;
  const settle = async (outcome: 'dismissed' | 'acted') => {
    try {
      await rest.settleReport(conversation, seq, outcome);
      onChange();
    } catch (error) {
      failed(error);
    }
  };
  const hide = async () => {
    if (await wish(conversation, { type: 'hide', target: seq, on: true })) await settle('acted');
  };
  const why = [...new Set(reporters.map(({ reason }) => titles.get(reason) ?? reason))].join(', ');
  const canHide =
    allowed(conversation, 'hide') && message !== undefined && message.hidden !== true && message.deleted !== true;
  return (
    <li class="report">
      <p class="moderated-name">{displayNameOf(author)}</p>
      <p class="moderated-about">
        {why} · {plural(reporters.length, 'person', 'people')} · {relative(reporters[0]?.at ?? 0)}
      </p>
      {message === undefined ? (
        <p class="message-deleted">The message is gone.</p>
      ) : (
        <MessageText message={{ ...message, hidden: false }} />
      )}
      <div class="report-tools">
        {canHide ? (
          <Button size="s" onClick={() => void hide()}>
            Hide it
          </Button>
        ) : null}
        <Button size="s" onClick={() => void settle('acted')}>
          Settled
        </Button>
        <Button size="s" onClick={() => void settle('dismissed')}>
          Nothing wrong
        </Button>
      </div>
    </li>
  );
}
