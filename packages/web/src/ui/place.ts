const gapPx = 4;
const marginPx = 8;

/** Puts a popover below its anchor, ends aligned, or above where below is no room; never outside the window. */
export function place(popover: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = at.bottom + gapPx;
  const fitsBelow = below + height <= innerHeight - marginPx;
  const top = fitsBelow ? below : Math.max(marginPx, at.top - gapPx - height);
  const left = Math.min(Math.max(marginPx, at.right - width), innerWidth - width - marginPx);
  popover.style.setProperty('top', `${top}px`);
  popover.style.setProperty('left', `${left}px`);
}
