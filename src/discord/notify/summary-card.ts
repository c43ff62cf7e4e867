import type { APIActionRowComponent, APIComponentInMessageActionRow } from 'discord.js';
import type { BatchKind, NoticeLine } from '../../notifications/delivery/channel-poster.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toEventLook } from '../ui/event-look.ts';
import { toJobTitle, toVerbText } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine, toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';
import { accountWords } from '../ui/words.ts';
import { noticeWords } from './words.ts';

export interface SummaryCardOptions {
  readonly deliveryId: string;
  /** A line before the card, formatted already: whom it mentions. */
  readonly above?: string;
}

const TEXT_LIMIT = 3_400;
const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 3;
const VERB_LENGTH = 16;
const PROMPT_LENGTH = 160;
const ACCOUNT_LENGTH = 20;
/** Before the prompt. */
const SEPARATOR = ' · ';

/** Many jobs in one message: a line each, and a select to open one. Fits Discord's limits for up to 60 lines. */
export function toSummaryCard(
  batch: BatchKind,
  lines: readonly NoticeLine[],
  options: SummaryCardOptions,
): OutgoingMessage {
  const { above = '' } = options;
  const heading = `${noticeWords.batchHeading(lines.length)}\n-# ${noticeWords.batchIntro[batch]}`;
  const perLine = Math.floor((TEXT_LIMIT - above.length) / Math.max(1, lines.length)) - 1;
  const list = lines.map((line) => toLine(line, perLine)).join('\n');
  const body = [text(heading), ...(list === '' ? [] : [text(list)]), ...toSelects(lines, options.deliveryId)];
  const card = container(COLORS.busy, body);
  return { components: above === '' ? [card] : [text(above), card] };
}

/** A job in one line of at most `max` characters (but never less than its sign, verb, ref and account). */
function toLine({ job, event }: NoticeLine, max: number): string {
  const account =
    job.accountName === undefined ? '' : ` ${accountWords.on(toSafeLine(job.accountName, ACCOUNT_LENGTH))}`;
  const start = `${toEventLook(event).sign} ${toSafeLine(toVerbText(job), VERB_LENGTH)} \`${job.ref}\`${account}`;
  const left = Math.min(PROMPT_LENGTH, max - start.length - SEPARATOR.length);
  const prompt = left < 8 ? '' : toSafeLine(job.prompt ?? '', left);
  return prompt === '' ? start : `${start}${SEPARATOR}${prompt}`;
}

function toSelects(
  lines: readonly NoticeLine[],
  deliveryId: string,
): APIActionRowComponent<APIComponentInMessageActionRow>[] {
  const byRef = new Map(lines.map((line) => [line.job.ref, line] as const));
  const chunks = toChunks([...byRef.values()], OPTIONS_PER_SELECT).slice(0, SELECT_COUNT);
  return chunks.map((some, at) => {
    const options = some.map(({ job }) => ({
      label: cutText(toPlainLine(`${job.ref} · ${toJobTitle(job)}`), 100),
      value: job.ref,
    }));
    const first = at * OPTIONS_PER_SELECT + 1;
    const placeholder =
      chunks.length === 1 ? noticeWords.openOne() : noticeWords.openSome(first, first + some.length - 1);
    return row(openJob.toSelect({ list: deliveryId, at: String(at) }, placeholder, options));
  });
}
