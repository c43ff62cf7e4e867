import type { JobActions } from '../../jobs/job-actions.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toWatchAdded, toWatchList, toWatchStopped, type WatchListOptions } from './watch-messages.ts';
import { watchWords } from './words.ts';

export interface WatchNeeds {
  readonly actions: Pick<JobActions, 'resolve' | 'show'>;
  readonly liveCards: Pick<LiveCards, 'add' | 'stop' | 'leave' | 'resume' | 'list'>;
  readonly jobs: Pick<JobStore, 'getMany'>;
  readonly gate: Pick<ReviewGate, 'conceal' | 'audienceOf'>;
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  readonly directory: ChannelDirectory;
}

/**
 * Live cards, of the channel that the caller names or is in. `page`, from 1: of the list that shows what became of it.
 */
export interface WatchHandlers {
  /** Starts a live card of a job in the caller's channel. */
  readonly add: (caller: Caller, idOrRef: string) => Promise<Answer>;
  /** Takes back that the caller added a live card. */
  readonly leave: (caller: Caller, ref: string) => Promise<Answer>;
  /** Ends a live card in the caller's channel; its message stays as it is. */
  readonly stop: (caller: Caller, idOrRef: string, page?: number) => Promise<Answer>;
  /** Brings back the live card that was stopped. */
  readonly resume: (caller: Caller, ref: string, addedAt: number, page?: number) => Promise<Answer>;
  /** A page, from 0, of what is followed where in the caller's server. */
  readonly list: (caller: Caller, page: number) => Promise<Answer>;
}

export function watchHandlers(needs: WatchNeeds): WatchHandlers {
  return {
    add: (caller, idOrRef) => addWatch(needs, caller, idOrRef),
    leave: (caller, ref) => leaveCard(needs, caller, ref),
    stop: (caller, idOrRef, page) => stopWatch(needs, caller, idOrRef, page),
    resume: (caller, ref, addedAt, page) => resumeCard(needs, caller, { ref, addedAt, page }),
    list: (caller, page) => listWatches(needs, caller, { page }),
  };
}

async function listWatches(
  { liveCards, jobs, gate, permissions }: WatchNeeds,
  caller: Caller,
  shown: WatchListOptions,
): Promise<Answer> {
  const watches = liveCards.list(caller.guildId);
  const known = await jobs.getMany(watches.map(({ ref }) => ref));
  const audience = gate.audienceOf(caller, true);
  const listed = watches.map((watch, at) => {
    const job = known[at];
    return { watch, ...(job !== undefined && { job: gate.conceal(job, audience) }) };
  });
  const wordless = listed.map(({ job, ...watch }) => ({ ...watch, ...(job && { job: toWordlessJob(job) }) }));
  const options = { ...shown, mayStop: permissions.isAllowed('share', caller) };
  return { message: toWatchList(listed, options), withoutWords: () => toWatchList(wordless, options) };
}

async function addWatch(needs: WatchNeeds, caller: Caller, idOrRef: string): Promise<Answer> {
  const { actions, liveCards, directory } = needs;
  const { guildId, channelId, userId } = caller;
  requireChannelAccess(directory, guildId, channelId);
  const { job } = await actions.show(idOrRef, guildId);
  const outcome = await liveCards.add({ guildId, channelId, ref: job.ref }, userId, job);
  const did = watchWords[outcome](job.ref);
  return {
    message: outcome === 'already-over' ? toNoticeMessage(did) : toWatchAdded(did, { channelId, ref: job.ref }),
  };
}

async function leaveCard({ liveCards }: WatchNeeds, caller: Caller, ref: string): Promise<Answer> {
  const { guildId, channelId, userId } = caller;
  const outcome = await liveCards.leave({ guildId, channelId, ref }, userId);
  if (outcome === 'not-found') throw new UserError('watch-unknown', watchWords.unknown(channelId));
  return { message: toNoticeMessage(outcome === 'left' ? watchWords.left(ref) : watchWords.ended(channelId, ref)) };
}

async function stopWatch(needs: WatchNeeds, caller: Caller, idOrRef: string, page?: number): Promise<Answer> {
  const { actions, liveCards } = needs;
  const { guildId, channelId } = caller;
  const { known } = await actions.resolve(idOrRef, guildId);
  const stopped = known && (await liveCards.stop({ guildId, channelId, ref: known.ref }));
  if (stopped === undefined) throw new UserError('watch-unknown', watchWords.unknown(channelId));
  const did = watchWords.stopped(channelId, stopped.ref);
  if (page === undefined) return { message: toWatchStopped(did, stopped) };
  return listWatches(needs, caller, { page: page - 1, did, stopped });
}

interface StoppedCard {
  readonly ref: string;
  readonly addedAt: number;
  readonly page: number | undefined;
}

async function resumeCard(needs: WatchNeeds, caller: Caller, { ref, addedAt, page }: StoppedCard): Promise<Answer> {
  const { actions, liveCards, directory } = needs;
  const { guildId, channelId } = caller;
  requireChannelAccess(directory, guildId, channelId);
  const { job } = await actions.show(ref, guildId);
  const outcome = await liveCards.resume({ guildId, channelId, ref }, addedAt, job);
  if (outcome === 'not-found') throw new UserError('watch-unknown', watchWords.unknown(channelId));
  const did = outcome === 'resumed' ? watchWords.resumed(channelId, ref) : watchWords['already-over'](ref);
  return page === undefined ? { message: toNoticeMessage(did) } : listWatches(needs, caller, { page: page - 1, did });
}
