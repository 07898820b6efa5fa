import './dialog.css';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from './button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Buttons, the one that does it last. */
  readonly footer?: ComponentChildren;
  readonly size?: 's' | 'm' | 'l';
  /** For a dialog whose first field says what it is; the title is then only for screen readers. */
  readonly bare?: boolean;
}

/** A modal dialog. The browser keeps the focus inside, closes on Escape and returns the focus to where it was. */
export function Dialog({ title, onClose, children, footer, size = 'm', bare = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog dialog-${size} ${bare ? 'dialog-high' : ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // The owner closes it, by no longer rendering it.
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-box">
        <header class={bare ? 'visually-hidden' : 'dialog-header'}>
          <h2 id={titleId} class="dialog-title">
            {title}
          </h2>
          {bare ? null : <IconButton icon="close" label="Close" onClick={onClose} />}
        </header>
        <div class={bare ? 'dialog-bare' : 'dialog-body'}>{children}</div>
        {footer === undefined ? null : <footer class="dialog-footer">{footer}</footer>}
      </div>
    </dialog>
  );
}
