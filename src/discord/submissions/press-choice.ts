import type { Job } from '../../jobs/job.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import { toLabels } from '../cards/job-buttons.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPlainLine } from '../ui/outside-text.ts';

const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 4;

/** The choice of the button, whose values are hashes of labels: a form for the prompt. `at` tells the selects apart. */
export const pickPress = new ControlDefinition({
  name: 'press-pick',
  args: { ref: required, at: optional, cardId: optional },
  requires: 'press',
  acknowledges: 'form',
});

/** All buttons of a job, to choose the one that is pressed with a prompt. */
export function toPressChoice(job: Job, cardId: string | undefined): OutgoingMessage {
  const chunks = toChunks(toLabels(job), OPTIONS_PER_SELECT).slice(0, SELECT_COUNT);
  if (chunks.length === 0) return toNoticeMessage(`\`${job.ref}\` has no buttons.`);
  const selects = chunks.map((labels, at) => {
    const options = labels.map((label) => ({ label: cutText(toPlainLine(label), 100), value: toLabelHash(label) }));
    return row(pickPress.toSelect({ ref: job.ref, at: String(at), cardId }, 'Button to press…', options));
  });
  const sentence = `Which button of \`${job.ref}\` is to be pressed with a prompt? Buttons take one where the account’s Remix mode is on.`;
  return { components: [container(COLORS.busy, [text(sentence), ...selects])] };
}
