import { type APIButtonComponent, ButtonStyle } from 'discord.js';
import type { SubmitOutcome } from '../../jobs/submissions/prompts.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toDoubtText, toPromptName, toRefusedMessage } from '../ui/outcome-messages.ts';
import { toShowButton } from '../ui/show-controls.ts';
import { uiWords } from '../ui/words.ts';
import { toWaitingMessage } from './waiting.ts';
import { submissionWords } from './words.ts';

/** Try again under a submit whose answer was lost. */
export const submitAgain = new ControlDefinition({
  name: 'submit-again',
  args: { key: required },
  requires: 'submit',
  acknowledges: 'private',
});

export interface SubmitAnswerOptions {
  readonly prompt: string;
  /** A sentence about the new job's card. */
  readonly about: string;
  /** What the member has left before and after; empty where nothing limits. */
  readonly before: string;
  readonly after: string;
}

/** What came of a submit, for the one who made it. */
export function toSubmitAnswer(outcome: SubmitOutcome, options: SubmitAnswerOptions): OutgoingMessage {
  const name = toPromptName(options.prompt);
  const left = options.after === '' ? '' : `\n-# ${options.after}`;
  switch (outcome.outcome) {
    case 'accepted':
      return toMessage(`${uiWords.started(name, options.about)}${left}`, toShowButton(outcome.job.ref));
    case 'found':
      return toMessage(
        `${uiWords.found(name, `\`${outcome.job.ref}\``, options.about)}${left}`,
        toShowButton(outcome.job.ref),
      );
    case 'queued':
      return toWaitingMessage({ what: name, key: outcome.key, position: outcome.position, allowance: options.after });
    case 'refused':
      return toRefusedMessage(name, outcome.reason);
    case 'may-be-running':
      return toMessage(toDoubtText(name, outcome.reason, options.before), toAgain(outcome.key));
    case 'in-progress':
      return toMessage(submissionWords.alreadySending(name));
    case 'cancelled':
      return toMessage(submissionWords.promptCancelled(name));
  }
}

function toAgain(key: string): APIButtonComponent {
  return submitAgain.toButton({ key }, submissionWords.tryAgain, { style: ButtonStyle.Danger });
}

function toMessage(sentence: string, ...buttons: APIButtonComponent[]): OutgoingMessage {
  return { components: [container(COLORS.busy, [text(sentence), ...(buttons.length > 0 ? [row(...buttons)] : [])])] };
}
