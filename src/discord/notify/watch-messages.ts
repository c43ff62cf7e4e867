import type { APIComponentInContainer } from 'discord.js';
import { ComponentType } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Watch } from '../../notifications/live-cards/watch-store.ts';
import { ControlDefinition } from '../core/control.ts';
import { count, maybe, oneOf, optional, ordinal, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, pager, row, text, toPageWithin } from '../ui/blocks.ts';
import { toJobTitle } from '../ui/job-words.ts';
import type { ToJobSelect } from '../ui/meant-message.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { watchWords } from './words.ts';

/** The page, from 1, of the list that a control stands in; none under a message about one live card. */
const page = maybe(ordinal);

/** Stop beside a live card. */
export const stopWatching = new ControlDefinition({
  name: 'watch-stop',
  args: { channelId: required, ref: required, page },
  requires: 'share',
  acknowledges: 'update',
});
/** Undo under a live card that was added: whoever added it is not pinged. */
export const leaveWatch = new ControlDefinition({
  name: 'watch-leave',
  args: { channelId: required, ref: required },
  requires: 'share',
  acknowledges: 'update',
});
/** Undo under a live card that was stopped. */
export const resumeWatch = new ControlDefinition({
  name: 'watch-resume',
  args: { channelId: required, ref: required, addedAt: ordinal, page },
  requires: 'share',
  acknowledges: 'update',
});
/** Previous and Next under the list; `use` tells them apart. */
export const turnWatchPage = new ControlDefinition({
  name: 'watch-page',
  args: { page: count, use: optional },
  requires: 'view',
  acknowledges: 'update',
});

/** The select of jobs that the words of `/watch` fit, whose values are refs. */
export const pickWatch = new ControlDefinition({
  name: 'watch-meant',
  args: { action: oneOf('add', 'remove') },
  requires: 'share',
  acknowledges: 'private',
});

export function toWatchSelect(action: 'add' | 'remove'): ToJobSelect {
  return (options) => pickWatch.toSelect({ action }, watchWords.pick[action], options);
}

/** Ten, less what a line about the last change needs of Discord's 40 components. */
const WATCHES_PER_PAGE = 10;
const PEOPLE_SHOWN = 4;

export interface ListedWatch {
  readonly watch: Watch;
  readonly job?: Job;
}

export interface WatchListOptions {
  /** From 0. */
  readonly page?: number;
  /** Whether the reader may end live cards. */
  readonly mayStop?: boolean;
  /** What was just done. */
  readonly did?: string;
  /** The live card that was just stopped, for an Undo. */
  readonly stopped?: Watch | undefined;
}

/** The live cards of a server, ten a page, each with a button that ends it. */
export function toWatchList(watches: readonly ListedWatch[], options: WatchListOptions = {}): OutgoingMessage {
  const { mayStop = false } = options;
  const pageCount = Math.max(1, Math.ceil(watches.length / WATCHES_PER_PAGE));
  const at = toPageWithin(options.page ?? 0, pageCount);
  const shown = watches.slice(at * WATCHES_PER_PAGE, (at + 1) * WATCHES_PER_PAGE);
  const pages = pageCount > 1 ? watchWords.page(at + 1, pageCount) : '';
  const heading = watches.length === 0 ? watchWords.none() : `${watchWords.heading(watches.length)}${pages}`;
  const body: APIComponentInContainer[] = [...toDoneBlocks(options, at + 1), text(heading)];
  body.push(...shown.map((listed) => toWatchBlock(listed, mayStop ? at + 1 : undefined)));
  if (pageCount > 1) body.push(pager((to, use) => turnWatchPage.toCustomId({ page: to, use }), at, pageCount));
  return { components: [container(watches.length === 0 ? COLORS.quiet : COLORS.busy, body)] };
}

/** `stopOnPage`: the page, from 1, on which it can be stopped. */
function toWatchBlock({ watch, job }: ListedWatch, stopOnPage: number | undefined): APIComponentInContainer {
  const { channelId, ref, addedAt, askedBy } = watch;
  const what = job === undefined ? '' : `\n> ${toSafeLine(toJobTitle(job), 120)}`;
  const more = askedBy.length > PEOPLE_SHOWN ? watchWords.morePeople(askedBy.length - PEOPLE_SHOWN) : '';
  const shown = askedBy.slice(0, PEOPLE_SHOWN).map((userId) => `<@${userId}>`);
  const line = text(`${watchWords.card(ref, channelId, addedAt, `${shown.join(', ')}${more}`)}${what}`);
  if (stopOnPage === undefined) return line;
  const stop = stopWatching.toButton({ channelId, ref, page: stopOnPage }, watchWords.stop());
  return { type: ComponentType.Section, components: [line], accessory: stop };
}

function toDoneBlocks({ did, stopped }: WatchListOptions, page: number): APIComponentInContainer[] {
  if (did === undefined) return [];
  return stopped === undefined ? [text(did)] : [text(did), toResumeRow(stopped, page)];
}

/** What was done to a live card, with an Undo. */
export function toWatchAdded(did: string, { channelId, ref }: Pick<Watch, 'channelId' | 'ref'>): OutgoingMessage {
  const undo = row(leaveWatch.toButton({ channelId, ref }, watchWords.undo()));
  return { components: [container(COLORS.busy, [text(did), undo])] };
}

export function toWatchStopped(did: string, watch: Watch): OutgoingMessage {
  return { components: [container(COLORS.quiet, [text(did), toResumeRow(watch)])] };
}

function toResumeRow({ channelId, ref, addedAt }: Watch, page?: number) {
  return row(resumeWatch.toButton({ channelId, ref, addedAt, page }, watchWords.undo()));
}
