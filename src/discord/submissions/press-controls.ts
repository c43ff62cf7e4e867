import { isVisibleTo } from '../../jobs/job.ts';
import type { JobActions } from '../../jobs/job-actions.ts';
import type { JobIndex } from '../../jobs/job-index.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import type { PressDrafts } from '../../jobs/submissions/press-drafts.ts';
import { needsOf } from '../../jobs/submissions/press-rules.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import { UserError } from '../../shared/errors.ts';
import { pressButton, pressMore, pressWithPrompt } from '../cards/card-controls.ts';
import { isCardOf, withMarkedCard } from '../cards/marked-card.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl, onFormOrControl, onOpener } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import type { SourceMessage } from '../core/source-message.ts';
import { toAllowanceText } from './allowance.ts';
import { pickPress, toPressChoice } from './press-choice.ts';
import { toPressForm } from './press-form-view.ts';
import { type PressAgain, pressAgain } from './press-messages.ts';
import { type PressNeeds, requirePublished, runPress } from './run-press.ts';
import { submissionWords } from './words.ts';

export interface PressControlNeeds extends PressNeeds {
  readonly actions: Pick<JobActions, 'resolve' | 'show'>;
  readonly index: Pick<JobIndex, 'get'>;
  readonly gate: Pick<ReviewGate, 'isHiddenFrom' | 'audienceOf' | 'concealmentOf'>;
  readonly quotas: Pick<Quotas, 'spend' | 'refund' | 'peek'>;
  readonly drafts: Pick<PressDrafts, 'keep' | 'find'>;
}

/** Labels that need something before they can be pressed; the hash names them, whatever else is known. */
const NEEDY = new Map(['Custom Zoom', 'Vary (Region)'].map((label) => [toLabelHash(label), label] as const));

/** A job's buttons on its card, and what leads to pressing them with a prompt or once more. */
export function pressControls(needs: PressControlNeeds): readonly Control[] {
  const press = (call: PressCall, ref: string, labelHash: string) =>
    runPress(needs, { ...call, ref, labelHash, cardId: toCardId(call.source, ref) });
  const openIfNeedy = ({ caller, source }: PressCall, ref: string, labelHash: string) =>
    NEEDY.has(labelHash) ? openForm(needs, caller, { ref, labelHash, cardId: toCardId(source, ref) }) : undefined;
  return [
    onFormOrControl(
      pressButton,
      ({ args, ...call }) => openIfNeedy(call, args.ref, args.labelHash),
      ({ args, ...call }) => press(call, args.ref, args.labelHash),
    ),
    onFormOrControl(
      pressMore,
      ({ args, ...call }) => openIfNeedy(call, args.ref, call.values[0] ?? ''),
      ({ args, ...call }) => press(call, args.ref, call.values[0] ?? ''),
    ),
    onControl(pressWithPrompt, ({ args, ...call }) => choosePress(needs, call, args.ref)),
    onOpener(pickPress, ({ caller, args: { ref, cardId }, values: [labelHash = ''] }) =>
      openForm(needs, caller, { ref, labelHash, cardId }),
    ),
    onControl(pressAgain, ({ args, ...call }) => pressOnceMore(needs, call, args)),
  ];
}

type PressCall = Pick<ControlCall, 'id' | 'caller' | 'source' | 'showProgress' | 'editSource'>;

/** All buttons of the job to choose from. */
async function choosePress(needs: PressControlNeeds, call: PressCall, ref: string): Promise<Answer> {
  const { caller, source } = call;
  const { actions } = needs;
  requirePublished(needs, caller, ref);
  const { known } = await actions.resolve(ref, caller.guildId);
  const job = known?.isRead === true ? known : (await actions.show(ref, caller.guildId)).job;
  return withMarkedCard(needs, call, ref, { message: toPressChoice(job, toCardId(source, ref)) });
}

async function pressOnceMore(needs: PressControlNeeds, call: PressCall, again: PressAgain): Promise<Answer> {
  const { ref, labelHash, submissionId, draftId = '', cardId } = again;
  const { caller } = call;
  requirePublished(needs, caller, ref);
  const draft = await needs.drafts.find(draftId, { guildId: caller.guildId, ref, labelHash });
  if (draft === undefined) throw new UserError('draft-gone', submissionWords.draftGone);
  const { prompt, mask } = draft;
  return runPress(needs, { ...call, ref, labelHash, prompt, mask, confirms: { submissionId }, cardId });
}

interface FormTarget {
  readonly ref: string;
  readonly labelHash: string;
  readonly cardId: string | undefined;
}

/** From memory alone: a form must be the first answer. */
function openForm(needs: PressControlNeeds, caller: Caller, target: FormTarget) {
  const { ref, labelHash } = target;
  requirePublished(needs, caller, ref);
  const known = needs.index.get(ref);
  if (known !== undefined && !isVisibleTo(known, caller.guildId))
    throw new UserError('job-unknown', submissionWords.noSuchJob);
  const audience = needs.gate.audienceOf(caller, true);
  const isShown = known !== undefined && needs.gate.concealmentOf(known, audience) === undefined;
  const label = NEEDY.get(labelHash) ?? known?.buttons.find((other) => toLabelHash(other) === labelHash);
  return toPressForm({
    target,
    label: label ?? submissionWords.remixTitle,
    need: label === undefined ? 'nothing' : needsOf(label),
    prompt: isShown ? known.prompt : undefined,
    allowance: toAllowanceText(needs.quotas.peek(caller)),
  });
}

/** The message that is the job's card, where everybody sees it. */
function toCardId(source: SourceMessage, ref: string): string | undefined {
  return !source.isPrivate && isCardOf(source, ref) ? source.id : undefined;
}
