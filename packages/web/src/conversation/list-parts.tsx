import { dayName } from '../state/format.ts';
import { sentenceOf } from '../state/toasts.ts';
import type { TimelineView } from '../state/view.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Spinner } from '../ui/spinner.tsx';

export const DayLine = ({ at }: { at: number }) => (
  <div class="day-line">
    <span class="day-line-name">{dayName(at)}</span>
  </div>
);

export const NewLine = () => (
  <div class="new-line">
    <span class="new-line-name">New</span>
  </div>
);

/** What is shown while the first page is on its way: the shape of messages. */
export const Skeleton = () => (
  <div class="skeleton" role="status">
    <span class="visually-hidden">Loading the messages</span>
    {['a', 'b', 'c', 'd', 'e', 'f'].map((one) => (
      <div key={one} class={`skeleton-row skeleton-${one}`} aria-hidden="true">
        <span class="skeleton-face" />
        <span class="skeleton-lines">
          <span class="skeleton-name" />
          <span class="skeleton-text" />
        </span>
      </div>
    ))}
  </div>
);

/** The edge of what is loaded: more on its way, or why it did not come. */
export function ListEdge({ view, side }: { view: TimelineView; side: 'before' | 'after' }) {
  const isLoading = view.loading.value === side;
  const error = view.loading.value === undefined ? view.error.value : undefined;
  const { hasBefore, hasAfter } = view.timeline.value;
  const hasMore = side === 'before' ? hasBefore : hasAfter;
  const retry = () => {
    view.error.value = undefined;
    void (side === 'before' ? view.loadBefore() : view.loadAfter());
  };
  return (
    <div class={`list-edge list-edge-${side}`}>
      {isLoading ? <Spinner label={side === 'before' ? 'Loading earlier messages' : 'Loading later messages'} /> : null}
      {error !== undefined && hasMore ? (
        <span class="list-edge-error" role="alert">
          {error}{' '}
          <Button size="s" icon="retry" onClick={retry}>
            Try again
          </Button>
        </span>
      ) : null}
    </div>
  );
}

/** The first page did not come. */
export const ListError = ({ view }: { view: TimelineView }) => (
  <div class="list-error" role="alert">
    <Icon name="alert" />
    <p>{view.error.value ?? sentenceOf(undefined)}</p>
    <Button icon="retry" onClick={() => void view.load()}>
      Try again
    </Button>
  </div>
);
