import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { takesPrompt } from '../../jobs/submissions/press-rules.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import { toLabels } from '../cards/job-buttons.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { submissionWords } from './words.ts';

const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 4;

/** The choice of the button, whose values are hashes of labels: a form for the prompt. `at` tells the selects apart. */
export const pickPress = new ControlDefinition({
  name: 'press-pick',
  args: { ref: required, at: optional, cardId: optional },
  requires: 'press',
  acknowledges: 'form',
});

/** The buttons of a job that take a prompt, to choose from. */
export function toPressChoice(job: Job, cardId: string | undefined): OutgoingMessage {
  const labels = job.presses === undefined ? toLabels(job).filter(takesPrompt) : [];
  const chunks = toChunks(labels, OPTIONS_PER_SELECT).slice(0, SELECT_COUNT);
  if (chunks.length === 0) return toNoticeMessage(submissionWords.noButtons(job.ref));
  const selects = chunks.map((chunk, at) => {
    const options = chunk.map((label) => ({ label: cutText(toPlainLine(label), 100), value: toLabelHash(label) }));
    return row(pickPress.toSelect({ ref: job.ref, at: String(at), cardId }, submissionWords.pickButton, options));
  });
  return { components: [container(COLORS.busy, [text(submissionWords.whichButton(job.ref)), ...selects])] };
}
