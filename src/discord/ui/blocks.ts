import {
  type APIActionRowComponent,
  type APIComponentInActionRow,
  type APIComponentInContainer,
  type APIContainerComponent,
  type APISeparatorComponent,
  type APITextDisplayComponent,
  ComponentType,
  SeparatorSpacingSize,
} from 'discord.js';
import { button } from '../core/carriers.ts';

export function text(content: string): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content };
}

export function row<T extends APIComponentInActionRow>(...components: T[]): APIActionRowComponent<T> {
  return { type: ComponentType.ActionRow, components };
}

export function separator(): APISeparatorComponent {
  return { type: ComponentType.Separator, divider: true, spacing: SeparatorSpacingSize.Small };
}

export function container(accentColor: number, components: APIComponentInContainer[]): APIContainerComponent {
  return { type: ComponentType.Container, accent_color: accentColor, components };
}

/** Previous and Next; `to` names the control that shows a page, `use` keeps the two apart. */
export function pager(to: (page: number, use: string) => string, page: number, pageCount: number) {
  return row(
    button(to(page - 1, 'back'), '◀ Previous', { isDisabled: page === 0 }),
    button(to(page + 1, 'on'), 'Next ▶', { isDisabled: page >= pageCount - 1 }),
  );
}

/** The page that is shown where this one was asked for. */
export function toPageWithin(page: number, pageCount: number): number {
  return Math.min(Math.max(page, 0), pageCount - 1);
}

/** Discord shows this in the reader's own words and counts by itself: `in 2 minutes`, `3 hours ago`. */
export function relativeTime(epochMs: number): string {
  return `<t:${Math.floor(epochMs / 1000)}:R>`;
}

/** Date and time in the reader's own zone. */
export function dateTime(epochMs: number): string {
  return `<t:${Math.floor(epochMs / 1000)}:f>`;
}
