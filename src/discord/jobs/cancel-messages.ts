import { ButtonStyle } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { CancelOutcome } from '../../jobs/job-actions.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toShowButton } from '../ui/show-controls.ts';

/** The confirmation: cancels and says what the job is now. Whose job it is decides who may, besides. */
export const confirmCancel = new ControlDefinition({
  name: 'job-cancel-yes',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'update',
});

/** Asks before a job is cancelled. */
export function toCancelQuestion(job: Job): OutgoingMessage {
  const yes = confirmCancel.toButton({ ref: job.ref }, 'Yes, cancel the job', { style: ButtonStyle.Danger });
  const question = `Cancel the job \`${job.ref}\`? What it has made so far is lost, and it cannot be taken back.`;
  return {
    components: [container(COLORS.warn, [text(`${question}\n> ${toSafeLine(toJobTitle(job), 300)}`), row(yes)])],
  };
}

/** What became of the wish to cancel. */
export function toCancelResult({ outcome, job }: CancelOutcome): OutgoingMessage {
  const { sign, word } = toStatusLook(job);
  const sentences = {
    cancelled: `⏹️ The job \`${job.ref}\` is cancelled.`,
    asked: `The API took the wish to cancel \`${job.ref}\`, and the job has not ended yet. Refresh its card in a moment.`,
    'already-over': `The job \`${job.ref}\` had already ended: ${sign} ${toSafeLine(word, 60)}. Nothing was cancelled.`,
  };
  const refresh = row(toShowButton(job.ref));
  return {
    components: [container(outcome === 'cancelled' ? COLORS.quiet : COLORS.warn, [text(sentences[outcome]), refresh])],
  };
}
