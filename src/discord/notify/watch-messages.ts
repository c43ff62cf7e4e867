import type { APIComponentInContainer } from 'discord.js';
import { ComponentType } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Watch } from '../../notifications/live-cards/watch-store.ts';
import { countOf } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, relativeTime, text, toPageWithin } from '../ui/blocks.ts';
import { toJobTitle } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';

/** Stop beside a live card. */
export const stopWatching = new ControlDefinition({
  name: 'watch-stop',
  args: { channelId: required, ref: required },
  requires: 'share',
  acknowledges: 'private',
});
/** Previous and Next under the list; `use` tells them apart. */
export const turnWatchPage = new ControlDefinition({
  name: 'watch-page',
  args: { page: count, use: optional },
  requires: 'share',
  acknowledges: 'update',
});

const WATCHES_PER_PAGE = 10;
const PEOPLE_SHOWN = 4;

export interface ListedWatch {
  readonly watch: Watch;
  readonly job?: Job;
}

/** The live cards of a server, ten a page, each with a button that ends it. */
export function toWatchList(watches: readonly ListedWatch[], page = 0): OutgoingMessage {
  if (watches.length === 0) {
    const hint = 'No live cards. `/watch add job:…` follows a running job in the channel where you type it.';
    return { components: [container(COLORS.quiet, [text(`### Live cards\n${hint}`)])] };
  }
  const pageCount = Math.ceil(watches.length / WATCHES_PER_PAGE);
  const at = toPageWithin(page, pageCount);
  const shown = watches.slice(at * WATCHES_PER_PAGE, (at + 1) * WATCHES_PER_PAGE);
  const pages = pageCount > 1 ? ` · page ${at + 1} of ${pageCount}` : '';
  const body: APIComponentInContainer[] = [text(`### ${countOf(watches.length, 'live card')}${pages}`)];
  body.push(...shown.map(toWatchLine));
  if (pageCount > 1) body.push(pager((to, use) => turnWatchPage.toCustomId({ page: to, use }), at, pageCount));
  return { components: [container(COLORS.busy, body)] };
}

function toWatchLine({ watch, job }: ListedWatch): APIComponentInContainer {
  const { channelId, ref, addedAt, askedBy } = watch;
  const what = job === undefined ? '' : `\n> ${toSafeLine(toJobTitle(job), 120)}`;
  const more = askedBy.length > PEOPLE_SHOWN ? ` and ${askedBy.length - PEOPLE_SHOWN} more` : '';
  const shown = askedBy.slice(0, PEOPLE_SHOWN).map((userId) => `<@${userId}>`);
  const people = `${shown.join(', ')}${more}`;
  return {
    type: ComponentType.Section,
    components: [text(`\`${ref}\` in <#${channelId}>, ${relativeTime(addedAt)}, for ${people}${what}`)],
    accessory: stopWatching.toButton({ channelId, ref }, 'Stop'),
  };
}
