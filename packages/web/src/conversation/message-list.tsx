import './conversation.css';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { MessageRow } from '../message/message-row.tsx';
import { OutgoingRow } from '../message/outgoing-row.tsx';
import { isSameDay } from '../state/format.ts';
import { outgoing } from '../state/outbox.ts';
import { myId } from '../state/session.ts';
import type { TimelineView } from '../state/view.ts';
import { DayLine, ListEdge, ListError, NewLine, Skeleton } from './list-parts.tsx';
import { LatestButton, NewPill } from './list-pills.tsx';
import { changeOf, isOutgoing, keyOf, type Row, rowsOf, standingOf, timeOf } from './rows.ts';
import { useFollow } from './use-follow.ts';
import { useRoving } from './use-roving.ts';

/** The height of the edge above the rows, in a conversation and in a thread, as the style sheet has it. */
const edgePx = { conversation: 40, thread: 24 } as const;

export interface MessageListProps {
  readonly view: TimelineView;
  /** What the list holds, for screen readers. */
  readonly label: string;
  /** Stands above the first message there ever was. */
  readonly lead: ComponentChildren;
  /** When what the lead shows was said: on that day, the first row says no day. */
  readonly leadAt?: number | undefined;
}

/** The messages of a conversation or thread: any number of them, of which those on screen are in the page. */
export function MessageList({ view, label, lead, leadAt }: MessageListProps) {
  const me = myId();
  const timeline = view.timeline.value;
  const stored = timeline.rows;
  const rows = rowsOf(stored, timeline.hasAfter ? [] : outgoing(view.id, view.thread));
  const newAfter = view.newAfter.value;
  const { shift, epoch } = useShape(view);
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { isAtEnd, newIsAbove, onScroll, onResize, release } = useFollow(view, rows.length, list, scroller);
  const { stop, kept, onKeyDown, onFocusIn } = useRoving(view, stored, list, scroller);

  if (rows.length === 0 && view.loading.value === 'first') return <Skeleton />;
  if (rows.length === 0 && view.error.value !== undefined) return <ListError view={view} />;
  const render = (row: Row, index: number) => {
    const { startsDay, startsNew, continues } = standingOf(row, rows[index - 1], newAfter, me);
    return (
      <div key={keyOf(row, me)}>
        {index === 0 && !timeline.hasBefore ? lead : null}
        {startsDay && !(index === 0 && leadAt !== undefined && isSameDay(leadAt, timeOf(row))) ? (
          <DayLine at={timeOf(row)} />
        ) : null}
        {startsNew ? <NewLine /> : null}
        {isOutgoing(row) ? (
          <OutgoingRow view={view} post={row} continues={continues} />
        ) : (
          <MessageRow view={view} message={row} continues={continues} isTabStop={row.seq === stop} />
        )}
      </div>
    );
  };
  return (
    <div class="message-list-frame">
      {newIsAbove.value ? <NewPill view={view} /> : null}
      <div
        ref={scroller}
        class="message-list"
        role="log"
        aria-label={label}
        // Rows come and go with scrolling; what is really new is said by the page's own live region.
        aria-live="off"
        aria-busy={view.loading.value !== undefined}
        onWheel={release}
        onTouchMove={release}
        onPointerDown={release}
        onKeyDown={(event) => {
          release();
          onKeyDown(event);
        }}
        onFocusIn={onFocusIn}
      >
        <ListEdge view={view} side="before" />
        <div class="message-list-space" />
        {rows.length === 0 ? (
          lead
        ) : (
          <Virtualizer
            key={epoch}
            ref={list}
            data={rows}
            shift={shift}
            startMargin={view.thread === undefined ? edgePx.conversation : edgePx.thread}
            keepMounted={kept}
            onScroll={onScroll}
            onResize={onResize}
          >
            {render}
          </Virtualizer>
        )}
        <ListEdge view={view} side="after" />
      </div>
      {isAtEnd.value || rows.length === 0 ? null : <LatestButton view={view} />}
    </div>
  );
}

/** Whether rows were put before the first one since the last render, and a number that changes when all were replaced. */
function useShape(view: TimelineView): { readonly shift: boolean; readonly epoch: number } {
  const { rows } = view.timeline.value;
  const last = useRef({ rows, shift: false, epoch: 0 });
  if (last.current.rows !== rows) {
    const { kind } = changeOf(last.current.rows, rows);
    last.current = { rows, shift: kind === 'shift', epoch: last.current.epoch + (kind === 'replaced' ? 1 : 0) };
  }
  const { shift, epoch } = last.current;
  useLayoutEffect(() => {
    last.current.shift = false;
  });
  return { shift, epoch };
}
