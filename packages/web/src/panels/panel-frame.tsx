import './panels.css';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { openPanel } from '../state/screen.ts';
import { IconButton } from '../ui/button.tsx';

/** What stands beside the conversation, or over it where there is no room. Escape closes it. */
export function PanelFrame({
  title,
  subtitle,
  takesFocus = true,
  children,
}: {
  title: string;
  subtitle?: string;
  /** False where something inside takes it. */
  takesFocus?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  // Held before anything inside takes the focus.
  const opener = useRef(document.activeElement).current;
  useLayoutEffect(() => {
    if (takesFocus) heading.current?.focus();
    return () => {
      // To where the reader was, if the focus went with the panel.
      if (document.activeElement === document.body && opener instanceof HTMLElement && opener.isConnected)
        opener.focus();
    };
  }, [takesFocus, opener]);
  return (
    <aside
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        openPanel(undefined);
      }}
    >
      <header class="panel-header">
        <div class="panel-heading">
          <h2 class="panel-title" id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {subtitle === undefined ? null : <p class="panel-subtitle">{subtitle}</p>}
        </div>
        <IconButton icon="close" label="Close" onClick={() => openPanel(undefined)} />
      </header>
      {children}
    </aside>
  );
}
