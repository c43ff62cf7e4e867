import { countOf } from '../../shared/text.ts';
import { relativeTime } from '../ui/blocks.ts';

/** What `/jobs` says. Pure: what comes from outside is escaped and cut by whoever hands it in. */
export const boardWords = {
  busySlots: (busy: number, max: number) => `${busy} of ${max} slots busy`,
  running: (count: number) => countOf(count, 'running job'),
  heading: (parts: readonly string[], filter: string) =>
    `### ${parts.join(' · ')}${filter === '' ? '' : ` (${filter})`}`,
  title: () => 'Running jobs',
  noList: () => 'I can’t get the list right now.',
  nothing: () => 'Nothing is running. Start something with `/imagine`.',
  nothingOf: (filter: string) => `Nothing matches ${filter}. Leave out the options to see everything.`,
  nothingOn: (listed: readonly string[], missing: readonly string[]) =>
    `Nothing is running on ${listed.join(', ')}. I can’t get the list of ${missing.join(', ')} right now.`,
  apiChannel: (apiChannel: string) => `API channel ${apiChannel}`,
  account: (name: string) => `account ${name}`,
  type: (type: 'image' | 'video') => `only ${type}s`,
  problem: (board: string, sentence: string) => `⚠️ **${board}** ${sentence}`,
  downSince: (at: number) => `Down since ${relativeTime(at)}, retrying.`,
  listOf: (at: number) => `This is the list from ${relativeTime(at)}.`,
  load: (what: 'all' | 'images' | 'videos', count: number, max: number | undefined) =>
    `${what === 'all' ? 'busy' : what} **${max === undefined ? count : `${count}/${max}`}**`,
  channel: (apiChannel: string, board: string, loads: readonly string[]) =>
    `${apiChannel === '' ? '' : `\`${apiChannel}\` `}${board} · ${loads.join(' · ')}`,
  /** Of a server, or of accounts, that list only what it was asked for from here. */
  partial: (accounts: readonly string[]) =>
    accounts.length === 0
      ? '-# This server doesn’t list jobs that were started elsewhere.'
      : `-# ${accounts.join(', ')} ${accounts.length === 1 ? 'doesn’t' : 'don’t'} list jobs that were started elsewhere.`,
  moreChannels: (count: number) => `-# and ${countOf(count, 'more API channel')}`,
  job: (sign: string, ref: string, facts: readonly string[], what: string) =>
    `${sign} \`${ref}\` ${facts.join(' · ')}\n> ${what}`,
  percent: (percent: number) => `${percent}%`,
  notRead: () => 'Prompt not loaded yet',
  waiting: (places: readonly string[], more: number) =>
    `⏳ In line: ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  place: (position: number, userId: string) => `#${position} <@${userId}>`,
  updated: (at: number) => `Updated ${relativeTime(at)}`,
  updatedNow: () => 'Updated just now',
  others: (count: number) => `${countOf(count, 'job')} of other servers`,
  page: (page: number, pageCount: number) => `page ${page} of ${pageCount}`,
  open: () => 'Open a job…',
  pick: (action: 'show' | 'family' | 'cancel') =>
    ({ show: 'Open a job…', family: 'Show the family of…', cancel: 'Cancel…' })[action],
  refresh: () => 'Refresh',
  previous: () => '◀ Previous',
  next: () => 'Next ▶',
};
