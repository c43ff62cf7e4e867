import type { JobActions } from '../../jobs/job-actions.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toWatchList } from './watch-messages.ts';

export interface WatchNeeds {
  readonly actions: Pick<JobActions, 'resolve' | 'show'>;
  readonly liveCards: Pick<LiveCards, 'add' | 'remove' | 'list'>;
  readonly jobs: Pick<JobStore, 'getMany'>;
  readonly gate: Pick<ReviewGate, 'conceal' | 'audienceOf'>;
  readonly directory: ChannelDirectory;
}

/** Live cards, of the channel that the caller names or is in. */
export interface WatchHandlers {
  /** Starts a live card of a job in the caller's channel. */
  readonly add: (caller: Caller, idOrRef: string) => Promise<Answer>;
  /** Ends a live card in the caller's channel; its message stays as it is. */
  readonly remove: (caller: Caller, idOrRef: string) => Promise<Answer>;
  /** A page, from 0, of what is followed where in the caller's server. */
  readonly list: (caller: Caller, page: number) => Promise<Answer>;
}

export function watchHandlers(needs: WatchNeeds): WatchHandlers {
  return {
    add: (caller, idOrRef) => addWatch(needs, caller, idOrRef),
    remove: (caller, idOrRef) => removeWatch(needs, caller, idOrRef),
    list: (caller, page) => listWatches(needs, caller, page),
  };
}

async function listWatches({ liveCards, jobs, gate }: WatchNeeds, caller: Caller, page: number): Promise<Answer> {
  const watches = liveCards.list(caller.guildId);
  const known = await jobs.getMany(watches.map(({ ref }) => ref));
  const audience = gate.audienceOf(caller, true);
  const listed = watches.map((watch, at) => {
    const job = known[at];
    return { watch, ...(job !== undefined && { job: gate.conceal(job, audience) }) };
  });
  const wordless = listed.map(({ job, ...watch }) => ({ ...watch, ...(job && { job: toWordlessJob(job) }) }));
  return { message: toWatchList(listed, page), withoutWords: () => toWatchList(wordless, page) };
}

async function addWatch(needs: WatchNeeds, caller: Caller, idOrRef: string): Promise<Answer> {
  const { actions, liveCards, directory } = needs;
  const { guildId, channelId, userId } = caller;
  requireChannelAccess(directory, guildId, channelId);
  const { job } = await actions.show(idOrRef, guildId);
  const outcome = await liveCards.add({ guildId, channelId, ref: job.ref }, userId, job);
  const sentences = {
    added: `👀 This channel follows \`${job.ref}\` now: its card appears here, and you are mentioned when it ends.`,
    joined: `👀 This channel follows \`${job.ref}\` already. You are mentioned too when it ends.`,
    'already-over': `\`${job.ref}\` has already ended, so there is nothing to follow. \`/job show\` shows it.`,
  };
  return { message: toNoticeMessage(sentences[outcome]) };
}

async function removeWatch({ actions, liveCards }: WatchNeeds, caller: Caller, idOrRef: string): Promise<Answer> {
  const { guildId, channelId } = caller;
  const { known } = await actions.resolve(idOrRef, guildId);
  const wasThere = known !== undefined && (await liveCards.remove({ guildId, channelId, ref: known.ref }));
  if (!wasThere)
    throw new UserError(
      'watch-unknown',
      `<#${channelId}> does not follow this job. \`/watch list\` shows what is followed where.`,
    );
  return { message: toNoticeMessage(`<#${channelId}> no longer follows \`${known.ref}\`; its card stays as it is.`) };
}
