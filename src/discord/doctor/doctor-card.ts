import { type Mark, type Section, toFindingLine, toWorstFirst, toWorstMark } from '../../doctor/finding.ts';
import { TOPIC_TITLES } from '../../doctor/words.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, relativeTime, row, separator, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { cardWords } from './words.ts';

/** Looks at everything again. */
export const refreshDoctor = new ControlDefinition({
  name: 'doctor-refresh',
  args: {},
  requires: 'audit',
  acknowledges: 'update',
});

const MARK_COLORS: Readonly<Record<Mark, number>> = { ok: COLORS.good, warning: COLORS.warn, wrong: COLORS.bad };
/** So many lines of a section are shown in the order of its checks; of more, the worst. */
const MAX_LINES = 10;
/** All texts of a message may have 4,000 characters. */
const SECTION_LIMIT = 720;

/** Every check in a line, by topic; `at` is when it was looked at, in epoch milliseconds. */
export function toDoctorCard(sections: readonly Section[], at: number): OutgoingMessage {
  const blocks = sections.flatMap((section) => [separator(), text(toSectionText(section))]);
  const heading = text(`${cardWords.heading}\n-# ${relativeTime(at)}`);
  const refresh = row(refreshDoctor.toButton({}, cardWords.refresh));
  return { components: [container(MARK_COLORS[toWorstMark(sections)], [heading, ...blocks, refresh])] };
}

function toSectionText({ topic, findings }: Section): string {
  const isLong = findings.length > MAX_LINES;
  const shown = isLong ? toWorstFirst(findings).slice(0, MAX_LINES) : findings;
  const more = isLong ? [cardWords.more(findings.length - MAX_LINES)] : [];
  return cutText(
    cardWords.section(TOPIC_TITLES[topic], [...shown.map((finding) => toFindingLine(finding)), ...more]),
    SECTION_LIMIT,
  );
}
