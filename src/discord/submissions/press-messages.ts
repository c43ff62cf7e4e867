import { type APIButtonComponent, ButtonStyle } from 'discord.js';
import type { EarlierPress } from '../../jobs/submissions/earlier-press.ts';
import type { PressOutcome } from '../../jobs/submissions/presses.ts';
import { ControlDefinition } from '../core/control.ts';
import { type ArgValues, optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, text } from '../ui/blocks.ts';
import { keepIt } from '../ui/keep-control.ts';
import { COLORS } from '../ui/notices.ts';
import { toDoubtText, toRefusedMessage } from '../ui/outcome-messages.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toShowButton } from '../ui/show-controls.ts';
import { uiWords } from '../ui/words.ts';
import { toWaitingMessage } from './waiting.ts';
import { submissionWords } from './words.ts';

/** Press once more, and Try again; `submissionId` names the earlier press that the person was shown. */
export const pressAgain = new ControlDefinition({
  name: 'press-again',
  args: { ref: required, labelHash: required, submissionId: optional, draftId: optional, cardId: optional },
  requires: 'press',
  acknowledges: 'private',
});
export type PressAgain = ArgValues<(typeof pressAgain)['shape']['args']>;

export interface PressAnswerOptions {
  /** What is pressed where the person wants it once more. */
  readonly toAgain: (previous: EarlierPress | undefined) => PressAgain;
  /** Leads to the card of the job that is spoken of. */
  readonly link?: string | undefined;
  /** A sentence about the new job's card. */
  readonly about?: string;
  /** What the member has left before and after; empty where nothing limits. */
  readonly before: string;
  readonly after: string;
}

export function toPressName(label: string): string {
  return `**${toSafeLine(label, 60)}**`;
}

/** What came of a press, for the one who pressed. */
export function toPressAnswer(outcome: PressOutcome, options: PressAnswerOptions): OutgoingMessage {
  const name = toPressName(outcome.label);
  switch (outcome.outcome) {
    case 'pressed':
      return done(uiWords.started(name, options.about ?? ''), options, outcome.job.ref);
    case 'found':
      return done(
        uiWords.found(name, toRefText(outcome.job.ref, options), options.about ?? ''),
        options,
        outcome.job.ref,
      );
    case 'existing':
      return notice(uiWords.existing(name, toRefText(outcome.job.ref, options)), [toShowButton(outcome.job.ref)]);
    case 'existing-elsewhere':
      return notice(submissionWords.doneElsewhere(name));
    case 'already-pressed':
      return toAlreadyPressed(name, outcome, options);
    case 'queued':
      return toWaitingMessage({ what: name, key: outcome.key, position: outcome.position, allowance: options.after });
    case 'refused':
      return toRefusedMessage(name, outcome.reason);
    case 'incomplete':
      return notice(submissionWords.incomplete(name, outcome.needs));
    default:
      return toQuestion(name, outcome, options);
  }
}

type Question = Extract<PressOutcome, { outcome: 'confirm-repeat' | 'may-be-running' }>;

function toQuestion(name: string, outcome: Question, options: PressAnswerOptions): OutgoingMessage {
  const label = outcome.outcome === 'confirm-repeat' ? submissionWords.pressOnceMore : submissionWords.tryAgain;
  const again = pressAgain.toButton(options.toAgain(outcome.previous), label, { style: ButtonStyle.Danger });
  if (outcome.outcome === 'may-be-running') {
    return notice(toDoubtText(name, outcome.reason, options.before), [again], COLORS.warn);
  }
  const { previous } = outcome;
  const who =
    previous === undefined ? submissionWords.outsideOfBot : `${toWhoText(previous)} ${relativeTime(previous.at)}`;
  const child = previous?.childRef === undefined ? '' : `: ${toRefText(previous.childRef, options)}`;
  return notice(
    submissionWords.pressedBefore(name, who, child, options.before),
    [again, keepIt.toButton({}, uiWords.keep), ...showButtons(previous?.childRef)],
    COLORS.warn,
  );
}

function toAlreadyPressed(name: string, earlier: EarlierPress, options: PressAnswerOptions): OutgoingMessage {
  const { childRef, isWaiting } = earlier;
  const state = isWaiting
    ? submissionWords.isInLine
    : childRef === undefined
      ? submissionWords.isStarting
      : submissionWords.made(toRefText(childRef, options));
  const sentence = submissionWords.alreadyPressed(name, toWhoText(earlier), relativeTime(earlier.at), state);
  return notice(sentence, showButtons(childRef), COLORS.warn);
}

function toWhoText({ by }: EarlierPress): string {
  return by === undefined ? submissionWords.inAnotherServer : submissionWords.byMember(by);
}

/** The ref, as a link where there is a card to lead to. */
function toRefText(ref: string, { link }: Pick<PressAnswerOptions, 'link'>): string {
  return link === undefined ? `\`${ref}\`` : `[\`${ref}\`](${link})`;
}

function done(sentence: string, { after }: PressAnswerOptions, ref: string): OutgoingMessage {
  const left = after === '' ? '' : `\n-# ${after}`;
  return notice(`${sentence.trim()}${left}`, [toShowButton(ref)], COLORS.busy);
}

function showButtons(ref: string | undefined): APIButtonComponent[] {
  return ref === undefined ? [] : [toShowButton(ref)];
}

function notice(sentence: string, buttons: APIButtonComponent[] = [], color: number = COLORS.quiet): OutgoingMessage {
  return { components: [container(color, [text(sentence), ...(buttons.length > 0 ? [row(...buttons)] : [])])] };
}
