import type { AccountList } from '../../jobs/account-names.ts';
import type { Prompts, SubmitOutcome } from '../../jobs/submissions/prompts.ts';
import type { SubmitPictures } from '../../jobs/submissions/submission.ts';
import type { Submissions } from '../../jobs/submissions/submissions.ts';
import { LEFT_OUT } from '../../jobs/wordless-job.ts';
import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import type { ChannelCards } from '../cards/channel-cards.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import type { KeptReplies } from '../core/kept-replies.ts';
import { requireAccount } from '../ui/known-accounts.ts';
import { toPromptName } from '../ui/outcome-messages.ts';
import { toAllowanceText } from './allowance.ts';
import { answerFailure, type FailureNeeds } from './press-blocked.ts';
import { submitAgain, toSubmitAnswer } from './prompt-messages.ts';
import { withReceipt } from './receipts.ts';
import { type SpendingNeeds, type Spent, spend } from './spending.ts';
import type { SubmitTarget } from './submit-target.ts';

export interface SubmitNeeds extends SpendingNeeds, FailureNeeds {
  readonly prompts: Pick<Prompts, 'submit' | 'submitAgain' | 'promptOf'>;
  readonly submissions: Pick<Submissions, 'noteReported'>;
  readonly channelCards: Pick<ChannelCards, 'follow'>;
  readonly replies: Pick<KeptReplies, 'keep'>;
  readonly accounts: AccountList;
}

interface WantedJob {
  readonly prompt: string;
  readonly target: SubmitTarget;
  readonly pictures?: SubmitPictures;
}

export type SubmitCall = Pick<ControlCall, 'id' | 'caller' | 'showProgress'>;

/**
 * Starts a job from a prompt, or from pictures that the prompt only names: words, quota, submit; then the new job's
 * card.
 */
export async function runSubmit(
  needs: SubmitNeeds,
  call: SubmitCall,
  { prompt, target: { apiChannel, account: named }, pictures }: WantedJob,
): Promise<Answer> {
  const { guildId, userId, channelId } = call.caller;
  const account = named === undefined ? undefined : requireAccount(needs.accounts, guildId, named).key;
  const what = { prompt, ...compact({ pictures, apiChannel, account }) };
  const request = { ...what, guildId, userId, key: call.id, place: { channelId } };
  return settle(needs, call, prompt, () => needs.prompts.submit(request));
}

export function submitControls(needs: SubmitNeeds): readonly Control[] {
  const { prompts } = needs;
  const again = onControl(submitAgain, async ({ args: { key }, ...call }) => {
    const { guildId, userId, channelId } = call.caller;
    const prompt = await prompts.promptOf(key, guildId);
    const request = { key, guildId, userId, requestId: call.id, place: { channelId } };
    return settle(needs, call, prompt, () => prompts.submitAgain(request));
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
  if (!ENDED_OR_UNKNOWN.has(outcome.outcome)) return kept;
  const isDoubt = outcome.outcome === 'may-be-running';
  return withReceipt(needs.submissions, kept, { submissionId: outcome.key, isDoubt });
}

function toWordless(outcome: SubmitOutcome): SubmitOutcome {
  return outcome.outcome === 'refused' ? { ...outcome, reason: LEFT_OUT } : outcome;
}

/** With its card in the channel the outcome has been reported, whatever becomes of the answer. */
async function showMade(
  { channelCards, submissions }: SubmitNeeds,
  caller: Caller,
  outcome: SubmitOutcome,
): Promise<string> {
  if (outcome.outcome !== 'accepted' && outcome.outcome !== 'found') return '';
  const { guildId, userId, channelId } = caller;
  const card = await channelCards.follow({ guildId, userId, job: outcome.job, place: { channelId } });
  if (card.isShown) await submissions.noteReported(outcome.key);
  return card.about;
}

const SPENT: ReadonlySet<SubmitOutcome['outcome']> = new Set(['accepted', 'found', 'queued', 'may-be-running']);

/** After these nothing more comes of the submission, or nothing is known of it. */
const ENDED_OR_UNKNOWN: ReadonlySet<SubmitOutcome['outcome']> = new Set([
  'accepted',
  'found',
  'refused',
  'may-be-running',
]);

async function attempt(needs: SubmitNeeds, caller: Caller, spent: Spent, submit: Submit) {
  try {
    return await submit();
  } catch (thrown) {
    if (thrown instanceof UserError) await spent.giveBack();
    return answerFailure(needs, thrown, caller);
  }
}
