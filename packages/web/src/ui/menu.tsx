import './menu.css';
import type { Ref, VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import { nextItem } from './next-item.ts';
import { place } from './place.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  /** What cannot be taken back stands apart. */
  readonly danger?: boolean;
  readonly run: () => void;
}

/** What the trigger's button takes: `<IconButton {...props} icon="more" label="More" />`. */
export interface MenuTriggerProps {
  readonly ref: Ref<HTMLButtonElement>;
  readonly onClick: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly 'aria-haspopup': 'menu';
  readonly 'aria-expanded': boolean;
}

export interface MenuProps {
  readonly label: string;
  readonly trigger: (props: MenuTriggerProps) => VNode;
  readonly items: readonly MenuItem[];
  /** Told when it opens and closes, for a toolbar that must stay while its menu is open. */
  readonly onToggle?: (open: boolean) => void;
}

/** A menu of actions under its button, after the ARIA pattern: arrows move, letters seek, Escape returns. */
export function Menu({ label, trigger, items, onToggle }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const toggle = (next: boolean) => {
    setOpen(next);
    onToggle?.(next);
  };
  const close = (returnFocus: boolean) => {
    toggle(false);
    if (returnFocus) button.current?.focus();
  };
  return (
    <>
      {trigger({
        ref: button,
        onClick: () => toggle(!open),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown' || event.altKey || open) return;
          event.preventDefault();
          toggle(true);
        },
        'aria-haspopup': 'menu',
        'aria-expanded': open,
      })}
      {open ? <MenuList label={label} items={items} button={button} close={close} /> : null}
    </>
  );
}

function MenuList({
  label,
  items,
  button,
  close,
}: Pick<MenuProps, 'label' | 'items'> & {
  button: { readonly current: HTMLButtonElement | null };
  close: (returnFocus: boolean) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const closing = useRef(close);
  closing.current = close;
  useLayoutEffect(() => {
    if (list.current === null || button.current === null) return;
    // In the top layer nothing can cut it off, no scroller and no dialog.
    list.current.showPopover();
    place(list.current, button.current);
    list.current.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [button]);
  useEffect(() => {
    const stop = new AbortController();
    const leave = (event: Event) => {
      const at = event.target;
      if (at instanceof Node && (list.current?.contains(at) === true || button.current?.contains(at) === true)) return;
      closing.current(false);
    };
    const options = { signal: stop.signal, capture: true };
    addEventListener('pointerdown', leave, options);
    addEventListener('wheel', leave, { ...options, passive: true });
    addEventListener('resize', leave, options);
    return () => stop.abort();
  }, [button]);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.findIndex((item) => item === document.activeElement);
    const next = nextItem(
      event.key,
      at,
      all.map((item) => item.textContent ?? ''),
    );
    if (event.key === 'Tab') return close(false);
    if (event.key !== 'Escape' && next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) close(true);
    else all[next]?.focus();
  };
  return (
    <div ref={list} class="menu" role="menu" aria-label={label} popover="manual" id={id} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={`menu-item ${item.danger === true ? 'menu-danger' : ''}`}
          onClick={() => {
            close(true);
            item.run();
          }}
        >
          <Icon name={item.icon} size={16} />
          {item.label}
        </button>
      ))}
    </div>
  );
}
