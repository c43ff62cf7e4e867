import { h } from './h.ts';

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** A moment in one of Discord's styles: `R` is relative to `nowMs`. */
export function formatTime(seconds: number, style: string, nowMs: number): string {
  if (style === 'R') return formatRelative(seconds - nowMs / 1000);
  const options = STYLES[style] ?? STYLES['f'];
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'Invalid date' : new Intl.DateTimeFormat('en', options).format(date);
}

function formatRelative(delta: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  const [unit, size] = UNITS.find(([, seconds]) => Math.abs(delta) >= seconds) ?? (['second', 1] as const);
  const count = Math.trunc(delta / size);
  return format.format(count === 0 ? -0 : count, unit);
}

/** A `<time>` element; a relative one is kept right by `tickTimes`. */
export function timeView(seconds: number, style: string): HTMLElement {
  const text = formatTime(seconds, style, Date.now());
  const title = formatTime(seconds, 'F', Date.now());
  return h('time', { class: 'timestamp', title, 'data-relative': style === 'R' && seconds }, text);
}

/** Lets every relative time in the page count by itself. */
export function tickTimes(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>('time[data-relative]')) {
      const text = formatTime(Number(element.dataset['relative']), 'R', Date.now());
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}

/** `Today at 12:00`, as a message's head shows it. */
export function formatPosted(iso: string): string {
  const posted = new Date(iso);
  const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' }).format(posted);
  if (posted.toDateString() === new Date().toDateString()) return `Today at ${time}`;
  return `${new Intl.DateTimeFormat('en', { dateStyle: 'short' }).format(posted)} ${time}`;
}
