import { isVisibleTo } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { needsOf } from '../../jobs/submissions/press-rules.ts';
import { UserError } from '../../shared/errors.ts';
import { isCardOf, withMarkedCard } from '../cards/marked-card.ts';
import { encodeCustomId } from '../core/custom-id.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { toAllowanceText } from './allowance.ts';
import { resetControl } from './press-blocked.ts';
import { toPressChoice } from './press-choice.ts';
import { toPressForm } from './press-form-view.ts';
import { requirePressing, runPress } from './run-press.ts';

/** Labels that need something before they can be pressed; the hash tells them, whatever else is known. */
const NEEDY = new Map(['Custom Zoom', 'Vary (Region)'].map((label) => [toLabelHash(label), label] as const));

/** A job's button on its card. */
const pressButton: Control = {
  name: 'press',
  acknowledges: 'form-or-beside',
  open: (call) => openIfNeedy(call, call.args[1] ?? ''),
  run: (call) => pressFromCard(call, call.args[1] ?? ''),
};

/** The selects with the buttons that found no place. */
const pressMore: Control = {
  name: 'press-more',
  acknowledges: 'form-or-beside',
  open: (call) => openIfNeedy(call, call.values[0] ?? ''),
  run: (call) => pressFromCard(call, call.values[0] ?? ''),
};

/** "With prompt…": all buttons of the job to choose from. */
const choosePress: Control = {
  name: 'press-with',
  acknowledges: 'beside',
  async run(call) {
    const {
      caller,
      args: [ref = ''],
      services,
    } = call;
    requirePressing({ services, caller, ref });
    const { known } = await services.actions.resolve(ref, caller.guildId);
    const job = known?.isRead === true ? known : (await services.actions.show(ref, caller.guildId)).job;
    return withMarkedCard(call, ref, { message: toPressChoice(job, toCardId(call, ref)) });
  },
};

/** The choice: a form for the prompt. */
const pickPress: Control = {
  name: 'press-pick',
  acknowledges: 'form',
  open(call) {
    const {
      caller,
      args: [ref = '', , cardId = ''],
      values: [labelHash = ''],
      services,
    } = call;
    requirePressing({ services, caller, ref });
    return openForm(call, { ref, labelHash, cardId });
  },
};

/** "Press once more" and "Try again". */
const pressAgain: Control = {
  name: 'press-again',
  acknowledges: 'private',
  async run({ args: [ref = '', labelHash = '', actId = '', draftId = '', cardId = ''], ...call }) {
    const { services, caller } = call;
    requirePressing({ services, caller, ref });
    const draft = await services.drafts.find(draftId, { guildId: caller.guildId, ref, labelHash });
    if (draft === undefined) throw new UserError('draft-gone', DRAFT_GONE);
    const { prompt, mask } = draft;
    return runPress({ ...call, ref, labelHash, prompt, mask, confirms: { actId }, cardId });
  },
};

export const pressControls: readonly Control[] = [
  pressButton,
  pressMore,
  choosePress,
  pickPress,
  pressAgain,
  resetControl,
];

const DRAFT_GONE =
  'What was filled in is kept for an hour, and is not known any more. Nothing was sent or spent: press the button on the card and fill it in again.';

function pressFromCard(call: ControlCall, labelHash: string) {
  const [ref = ''] = call.args;
  return runPress({ ...call, ref, labelHash, cardId: toCardId(call, ref) });
}

function openIfNeedy(call: ControlCall, labelHash: string) {
  const [ref = ''] = call.args;
  if (!NEEDY.has(labelHash)) return undefined;
  requirePressing({ ...call, ref });
  return openForm(call, { ref, labelHash, cardId: toCardId(call, ref) });
}

interface FormTarget {
  readonly ref: string;
  readonly labelHash: string;
  readonly cardId: string;
}

/** From memory alone: a form must be the first answer. */
function openForm({ caller, services }: ControlCall, { ref, labelHash, cardId }: FormTarget) {
  const known = services.index.get(ref);
  if (known !== undefined && !isVisibleTo(known, caller.guildId))
    throw new UserError('job-unknown', 'There is no such job here. Open one with `/job show`.');
  const audience = services.gate.audienceOf(caller, true);
  const isShown = known !== undefined && services.gate.concealmentOf(known, audience) === undefined;
  const label = NEEDY.get(labelHash) ?? known?.buttons.find((other) => toLabelHash(other) === labelHash);
  return toPressForm({
    customId: encodeCustomId('press-form', ref, labelHash, cardId),
    label: label ?? 'Press with a prompt',
    need: label === undefined ? 'nothing' : needsOf(label),
    prompt: isShown ? known?.prompt : undefined,
    allowance: toAllowanceText(services.quotas.peek(caller)),
  });
}

/** The message that is the job's card, where everybody sees it. */
function toCardId({ source }: ControlCall, ref: string): string {
  return !source.isPrivate && isCardOf(source, ref) ? source.id : '';
}
