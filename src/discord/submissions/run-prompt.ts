import type { Acting } from '../../jobs/submissions/create-submissions.ts';
import type { Submissions, SubmitOutcome } from '../../jobs/submissions/prompts.ts';
import { LEFT_OUT } from '../../jobs/wordless-job.ts';
import { UserError } from '../../shared/errors.ts';
import type { ChannelCards } from '../cards/channel-cards.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import type { ActReplies } from '../core/kept-replies.ts';
import { toPromptName } from '../ui/outcome-messages.ts';
import { toAllowanceText } from './allowance.ts';
import { answerFailure, type FailureNeeds } from './press-blocked.ts';
import { submitAgain, toSubmitAnswer } from './prompt-messages.ts';
import { withReceipt } from './receipts.ts';
import { type SpendingNeeds, type Spent, spend } from './spending.ts';

export interface SubmitNeeds extends SpendingNeeds, FailureNeeds {
  readonly submissions: Pick<Submissions, 'submit' | 'submitAgain' | 'promptOf'>;
  readonly acting: Pick<Acting, 'noteTold'>;
  readonly channelCards: Pick<ChannelCards, 'follow'>;
  readonly replies: Pick<ActReplies, 'keep'>;
}

export type SubmitCall = Pick<ControlCall, 'id' | 'caller' | 'showProgress'>;

/** Starts a job from a prompt: words, quota, submit; then the new job's card. */
export async function runSubmit(
  needs: SubmitNeeds,
  call: SubmitCall,
  prompt: string,
  apiChannel: string | undefined,
): Promise<Answer> {
  const { guildId, userId, channelId } = call.caller;
  const wish = { prompt, guildId, userId, key: call.id, place: { channelId }, ...(apiChannel && { apiChannel }) };
  return settle(needs, call, prompt, () => needs.submissions.submit(wish));
}

export function submitControls(needs: SubmitNeeds): readonly Control[] {
  const { submissions } = needs;
  const again = onControl(submitAgain, async ({ args: { key }, ...call }) => {
    const { guildId, userId, channelId } = call.caller;
    const prompt = await submissions.promptOf(key, guildId);
    const wish = { key, guildId, userId, wishId: call.id, place: { channelId } };
    return settle(needs, call, prompt, () => submissions.submitAgain(wish));
  });
  return [again];
}

type Submit = () => Promise<SubmitOutcome>;

async function settle(needs: SubmitNeeds, call: SubmitCall, prompt: string, submit: Submit): Promise<Answer> {
  const { caller, id } = call;
  const spent = await spend(needs, { id, caller, what: 'submit', prompt });
  const outcome = await attempt(needs, caller, spent, submit);
  if ('message' in outcome) return outcome;
  const isSpent = SPENT.has(outcome.outcome);
  if (!isSpent) await spent.giveBack();
  const about = await showMade(needs, caller, outcome);
  const left = toAllowanceText(isSpent ? spent.after : spent.before);
  const options = { prompt, about, before: toAllowanceText(spent.before), after: left };
  const answer = {
    message: toSubmitAnswer(outcome, options),
    withoutWords: () => toSubmitAnswer(toWordless(outcome), { ...options, prompt: LEFT_OUT }),
  };
  const words = { what: toPromptName(prompt), allowance: left };
  const kept = needs.replies.keep(outcome.key, call.showProgress, answer, words);
  if (!TELLS.has(outcome.outcome)) return kept;
  const isDoubt = outcome.outcome === 'may-be-running';
  return withReceipt(needs.acting, kept, { actId: outcome.key, isDoubt });
}

function toWordless(outcome: SubmitOutcome): SubmitOutcome {
  return outcome.outcome === 'refused' ? { ...outcome, reason: LEFT_OUT } : outcome;
}

/** With its card in the channel the requester has been told, whatever becomes of the answer. */
async function showMade(
  { channelCards, acting }: SubmitNeeds,
  caller: Caller,
  outcome: SubmitOutcome,
): Promise<string> {
  if (outcome.outcome !== 'accepted' && outcome.outcome !== 'found') return '';
  const { guildId, userId, channelId } = caller;
  const card = await channelCards.follow({ guildId, userId, job: outcome.job, place: { channelId } });
  if (card.isShown) await acting.noteTold(outcome.key);
  return card.about;
}

const SPENT: ReadonlySet<SubmitOutcome['outcome']> = new Set(['accepted', 'found', 'queued', 'may-be-running']);

/** After these nothing more comes of the act, or nothing is known of it. */
const TELLS: ReadonlySet<SubmitOutcome['outcome']> = new Set(['accepted', 'found', 'refused', 'may-be-running']);

async function attempt(needs: SubmitNeeds, caller: Caller, spent: Spent, submit: Submit) {
  try {
    return await submit();
  } catch (thrown) {
    if (thrown instanceof UserError) await spent.giveBack();
    return answerFailure(needs, thrown, caller);
  }
}
