import { ButtonStyle } from 'discord.js';
import type { SubmitOutcome } from '../../jobs/submissions/prompts.ts';
import { LEFT_OUT } from '../../jobs/wordless-job.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import { button } from '../core/carriers.ts';
import { encodeCustomId } from '../core/custom-id.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { toPromptName } from '../ui/outcome-messages.ts';
import { toAllowanceText } from './allowance.ts';
import { answerFailure } from './press-blocked.ts';
import { toSubmitAnswer } from './prompt-messages.ts';
import { withReceipt } from './receipts.ts';
import { type Spent, spend } from './spending.ts';

type SubmitCall = Pick<ControlCall, 'id' | 'caller' | 'services' | 'showProgress'>;

/** Starts a job from a prompt: permission, words, quota, submit; then the new job's card. */
export async function runSubmit(call: SubmitCall, prompt: string, apiChannel: string | undefined): Promise<Answer> {
  const { id, caller, services } = call;
  services.permissions.requireAllowed('submit', caller);
  const { guildId, userId, channelId } = caller;
  const wish = { prompt, guildId, userId, key: id, place: { channelId }, ...(apiChannel && { apiChannel }) };
  return settle(call, prompt, () => services.submissions.submit(wish));
}

/** Try again under a submit whose answer was lost. */
const submitAgain: Control = {
  name: 'submit-again',
  acknowledges: 'private',
  async run(call) {
    const {
      id,
      caller,
      args: [key = ''],
      services,
    } = call;
    services.permissions.requireAllowed('submit', caller);
    const { guildId, userId, channelId } = caller;
    const prompt = await services.submissions.promptOf(key, guildId);
    const wish = { key, guildId, userId, wishId: id, place: { channelId } };
    return settle(call, prompt, () => services.submissions.submitAgain(wish));
  },
};

export const submitControls: readonly Control[] = [submitAgain];

async function settle(call: SubmitCall, prompt: string, submit: () => Promise<SubmitOutcome>): Promise<Answer> {
  const { caller, services, id } = call;
  const spent = await spend({ id, caller, services, what: 'submit', prompt });
  const outcome = await attempt(call, spent, submit);
  if ('message' in outcome) return outcome;
  const isSpent = SPENT.has(outcome.outcome);
  if (!isSpent) await spent.giveBack();
  const about = await showMade(call, outcome);
  const again = button(encodeCustomId('submit-again', outcome.key), 'Try again', { style: ButtonStyle.Danger });
  const left = toAllowanceText(isSpent ? spent.after : spent.before);
  const options = { prompt, about, again, before: toAllowanceText(spent.before), after: left };
  const answer = {
    message: toSubmitAnswer(outcome, options),
    withoutWords: () => toSubmitAnswer(toWordless(outcome), { ...options, prompt: LEFT_OUT }),
  };
  const words = { what: toPromptName(prompt), allowance: left };
  const kept = services.replies.keep(outcome.key, call.showProgress, answer, words);
  if (!TELLS.has(outcome.outcome)) return kept;
  const isDoubt = outcome.outcome === 'may-be-running';
  return withReceipt(services.acting, kept, { actId: outcome.key, isDoubt });
}

function toWordless(outcome: SubmitOutcome): SubmitOutcome {
  return outcome.outcome === 'refused' ? { ...outcome, reason: LEFT_OUT } : outcome;
}

/** With its card in the channel the requester has been told, whatever becomes of the answer. */
async function showMade({ caller, services }: SubmitCall, outcome: SubmitOutcome): Promise<string> {
  if (outcome.outcome !== 'accepted' && outcome.outcome !== 'found') return '';
  const { guildId, userId, channelId } = caller;
  const { channelCards, acting } = services;
  const card = await channelCards.follow({ guildId, userId, job: outcome.job, place: { channelId } });
  if (card.isShown) await acting.noteTold(outcome.key);
  return card.about;
}

const SPENT: ReadonlySet<SubmitOutcome['outcome']> = new Set(['accepted', 'found', 'queued', 'may-be-running']);

/** After these nothing more comes of the act, or nothing is known of it. */
const TELLS: ReadonlySet<SubmitOutcome['outcome']> = new Set(['accepted', 'found', 'refused', 'may-be-running']);

async function attempt(call: SubmitCall, spent: Spent, submit: () => Promise<SubmitOutcome>) {
  try {
    return await submit();
  } catch (thrown) {
    if (thrown instanceof UserError) await spent.giveBack();
    return answerFailure(thrown, call);
  }
}
