import { useLayoutEffect, useRef } from 'preact/hooks';
import { dismissToast, toasts } from '../state/toasts.ts';
import { IconButton } from '../ui/button.tsx';

/** Short news about what one has just done. */
export function Toasts() {
  const element = useRef<HTMLDivElement>(null);
  const shown = toasts.value;
  useLayoutEffect(() => {
    // The last to enter the top layer stands highest: above a dialog opened since.
    if (element.current?.matches(':popover-open') === true) element.current.hidePopover();
    element.current?.showPopover();
  }, [shown]);
  return (
    <div ref={element} class="toasts" popover="manual" role="region" aria-label="Notices" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} class={`toast toast-${tone}`}>
          <span>{text}</span>
          <IconButton icon="close" size="s" label="Dismiss" onClick={() => dismissToast(id)} />
        </div>
      ))}
    </div>
  );
}
