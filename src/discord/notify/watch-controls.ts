import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { Control } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toWatchList } from './watch-messages.ts';

/** Stop under `/watch list`. */
const stopWatching: Control = {
  name: 'watch-stop',
  acknowledges: 'private',
  run: ({ caller, args: [channelId = '', ref = ''], services }) => removeWatch({ ...caller, channelId }, ref, services),
};

const turnWatchPage: Control = {
  name: 'watch-page',
  acknowledges: 'update',
  run: ({ caller, args: [page = '0'], services }) => listWatches(caller, services, Number.parseInt(page, 10) || 0),
};

export const watchControls: readonly Control[] = [stopWatching, turnWatchPage];

/** A page of what is followed where in the caller's server. */
export async function listWatches(caller: Caller, services: BotServices, page = 0): Promise<Answer> {
  services.permissions.requireAllowed('share', caller);
  const watches = services.liveCards.list(caller.guildId);
  const jobs = await services.jobs.getMany(watches.map(({ ref }) => ref));
  const audience = services.gate.audienceOf(caller, true);
  const listed = watches.map((watch, at) => {
    const job = jobs[at];
    return { watch, ...(job !== undefined && { job: services.gate.conceal(job, audience) }) };
  });
  const wordless = listed.map(({ job, ...watch }) => ({ ...watch, ...(job && { job: toWordlessJob(job) }) }));
  return { message: toWatchList(listed, page), withoutWords: () => toWatchList(wordless, page) };
}

/** Starts a live card of a job in the caller's channel. */
export async function addWatch(caller: Caller, idOrRef: string, services: BotServices): Promise<Answer> {
  services.permissions.requireAllowed('share', caller);
  requireChannelAccess(services.directory, caller.guildId, caller.channelId);
  const { job } = await services.actions.show(idOrRef, caller.guildId);
  const id = { guildId: caller.guildId, channelId: caller.channelId, ref: job.ref };
  const outcome = await services.liveCards.add(id, caller.userId, job);
  const sentences = {
    added: `👀 This channel follows \`${job.ref}\` now: its card appears here, and you are mentioned when it ends.`,
    joined: `👀 This channel follows \`${job.ref}\` already. You are mentioned too when it ends.`,
    'already-over': `\`${job.ref}\` has already ended, so there is nothing to follow. \`/job show\` shows it.`,
  };
  return { message: toNoticeMessage(sentences[outcome]) };
}

/** Ends a live card; its message stays as it is. */
export async function removeWatch(caller: Caller, idOrRef: string, services: BotServices): Promise<Answer> {
  services.permissions.requireAllowed('share', caller);
  const { known } = await services.actions.resolve(idOrRef, caller.guildId);
  const { guildId, channelId } = caller;
  const wasThere = known !== undefined && (await services.liveCards.remove({ guildId, channelId, ref: known.ref }));
  if (!wasThere)
    throw new UserError(
      'watch-unknown',
      `<#${channelId}> does not follow this job. \`/watch list\` shows what is followed where.`,
    );
  return { message: toNoticeMessage(`<#${channelId}> no longer follows \`${known.ref}\`; its card stays as it is.`) };
}
