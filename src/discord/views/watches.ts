import type { APIComponentInContainer } from 'discord.js';
import { ComponentType } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Watch } from '../../notifications/watch-store.ts';
import { countOf } from '../../shared/text.ts';
import { encodeCustomId } from '../wire/custom-id.ts';
import type { OutgoingMessage } from '../wire/outgoing.ts';
import { button, container, relativeTime, text } from './blocks.ts';
import { toJobTitle } from './job-words.ts';
import { COLORS } from './notices.ts';
import { toSafeLine } from './outside-text.ts';

const SHOWN = 10;

export interface ListedWatch {
  readonly watch: Watch;
  readonly job?: Job;
}

/** The live cards of a server, each with a button that ends it. */
export function toWatchList(watches: readonly ListedWatch[]): OutgoingMessage {
  if (watches.length === 0) {
    const hint = 'No live cards. `/watch add job:…` follows a running job in the channel where you type it.';
    return { components: [container(COLORS.quiet, [text(`### Live cards\n${hint}`)])] };
  }
  const more = watches.length - SHOWN;
  const body: APIComponentInContainer[] = [text(`### ${countOf(watches.length, 'live card')}`)];
  body.push(...watches.slice(0, SHOWN).map(toWatchLine));
  if (more > 0) body.push(text(`-# and ${more} more`));
  return { components: [container(COLORS.busy, body)] };
}

function toWatchLine({ watch, job }: ListedWatch): APIComponentInContainer {
  const { channelId, ref, addedAt, askedBy } = watch;
  const what = job === undefined ? '' : `\n> ${toSafeLine(toJobTitle(job), 120)}`;
  const people = askedBy.map((userId) => `<@${userId}>`).join(', ');
  return {
    type: ComponentType.Section,
    components: [text(`\`${ref}\` in <#${channelId}>, ${relativeTime(addedAt)}, for ${people}${what}`)],
    accessory: button(encodeCustomId('watch-stop', channelId, ref), 'Stop'),
  };
}
