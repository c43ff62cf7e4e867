import { ButtonStyle } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { CancelOutcome } from '../../jobs/job-actions.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { keepIt } from '../ui/keep-control.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toShowButton } from '../ui/show-controls.ts';
import { uiWords } from '../ui/words.ts';
import { jobWords } from './words.ts';

/** The confirmation: cancels and says what the job is now. Whose job it is decides who may, besides. */
export const confirmCancel = new ControlDefinition({
  name: 'job-cancel-yes',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'update',
});

/** Asks before a job is cancelled. */
export function toCancelQuestion(job: Job): OutgoingMessage {
  const yes = confirmCancel.toButton({ ref: job.ref }, jobWords.confirmCancel, { style: ButtonStyle.Danger });
  const question = jobWords.cancelQuestion(job.ref);
  return {
    components: [
      container(COLORS.warn, [
        text(`${question}\n> ${toSafeLine(toJobTitle(job), 300)}`),
        row(yes, keepIt.toButton({}, uiWords.keep)),
      ]),
    ],
  };
}

/** What became of a cancellation. */
export function toCancelResult({ outcome, job }: CancelOutcome): OutgoingMessage {
  const { sign, word } = toStatusLook(job);
  const sentences = {
    cancelled: jobWords.cancelled(job.ref),
    asked: jobWords.cancelAsked(job.ref),
    'already-over': jobWords.alreadyOver(job.ref, `${sign} ${toSafeLine(word, 60)}`),
  };
  const refresh = row(toShowButton(job.ref));
  return {
    components: [container(outcome === 'cancelled' ? COLORS.quiet : COLORS.warn, [text(sentences[outcome]), refresh])],
  };
}
