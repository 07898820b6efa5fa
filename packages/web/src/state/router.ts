import { type ConversationId, isConversationId } from '@parley/client';
import { signal } from '@preact/signals';

/** What the address names. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'conversation'; readonly id: ConversationId; readonly seq?: number }
  | { readonly page: 'threads' }
  | { readonly page: 'mentions' }
  | { readonly page: 'reset' }
  | { readonly page: 'verify' }
  | { readonly page: 'invite'; readonly code: string };

/** Reads an address's path; whatever it does not know is home. */
export function parseRoute(path: string): Route {
  const [, first = '', second = '', third = ''] = path.split('/');
  if (first === 'c' && isConversationId(second)) {
    const seq = /^\d{1,15}$/.test(third) ? Number(third) : undefined;
    return { page: 'conversation', id: second, ...(seq === undefined ? {} : { seq }) };
  }
  if (first === 'threads' || first === 'mentions' || first === 'reset' || first === 'verify') return { page: first };
  if (first === 'invite' && second !== '') return { page: 'invite', code: decoded(second) };
  return { page: 'home' };
}

/** What is not encoded rightly is taken as it stands: an address typed by hand must not break the page. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const pathOf = (id: ConversationId, seq?: number): string => `/c/${id}${seq === undefined ? '' : `/${seq}`}`;

export const route = signal<Route>(parseRoute(location.pathname));
/** Grows with each navigation, so that a jump to the message one is at already happens again. */
export const navigations = signal(0);

export function navigate(path: string, options: { replace?: boolean } = {}): void {
  if (options.replace === true || path === location.pathname) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  follow();
}

function follow(): void {
  route.value = parseRoute(location.pathname);
  navigations.value++;
}

addEventListener('popstate', follow);

/** Lets plain clicks on links of this site change the view instead of loading the page again. */
export function interceptLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.target === '_blank' || link.hasAttribute('download'))
    return;
  event.preventDefault();
  navigate(link.pathname);
}
