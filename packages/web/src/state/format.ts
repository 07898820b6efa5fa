const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export const clockTime = (at: number): string => time.format(at);
export const fullTime = (at: number): string => full.format(at);
export const shortDate = (at: number): string => short.format(at);

const dayMs = 86_400_000;
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** Whether two moments lie on one day, by this device's clock. */
export const isSameDay = (a: number, b: number): boolean => midnight(a) === midnight(b);

/** "Today", "Yesterday", "Tuesday 3 March". */
export function dayName(at: number, now = Date.now()): string {
  const days = Math.round((midnight(now) - midnight(at)) / dayMs);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/** "5 minutes ago", "in 3 days". */
export function relative(at: number, now = Date.now()): string {
  const seconds = (at - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return seconds <= 0 ? 'just now' : 'in a moment';
  if (size < 3_600) return ago.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return ago.format(Math.round(seconds / 3_600), 'hour');
  return ago.format(Math.round(seconds / 86_400), 'day');
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
