import { endOf, isOver, type Job } from '../../jobs/job.ts';
import { toPublicJob } from '../../jobs/public-job.ts';
import { cutText, hideEmails } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, dateTime, relativeTime, row, text } from '../ui/blocks.ts';
import { toStatusLook, toVerbText } from '../ui/job-words.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { toPlainLine, toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { toShowButton } from '../ui/show-controls.ts';
import { cardWords } from './words.ts';

const { detailNames: names } = cardWords;

/** All that is known of a job and does not stand on its card. `hidesReason`: without what was refused. */
export function toJobDetails(whole: Job, { hidesReason }: { readonly hidesReason: boolean }): OutgoingMessage {
  const job = hidesReason ? toPublicJob(whole) : whole;
  const facts = toFacts(job).flatMap(([name, value]) => (value === undefined ? [] : [`**${name}** ${value}`]));
  const parts = [
    [cardWords.detailsHeading(job.ref), ...facts].join('\n'),
    // Some ids hold the address of the account at which the job runs.
    `**${names.jobid}**\n${toCode(hideEmails(job.jobid), 200)}`,
    job.concealed === undefined ? toLong(names.prompt, job.prompt, 1_400) : undefined,
    toLong(names.seed, toSaid(job.seed?.content, job), 500),
    toLong(names.content, toSaid(job.content, job), 600),
  ];
  const body = parts.flatMap((part) => (part === undefined ? [] : [text(part)]));
  return { components: [container(toStatusLook(job).color, [...body, row(toShowButton(job.ref))])] };
}

function toFacts(job: Job): readonly (readonly [string, string | undefined])[] {
  const { sign, word } = toStatusLook(job);
  const raw = toPlainLine(job.status);
  const kind = [toVerbText(job), job.jobType].filter(Boolean).join(', ');
  const end = isOver(job) ? endOf(job) : undefined;
  return [
    [names.status, `${sign} ${toSafeLine(word, 60)} (${toCode(raw, 40)})`],
    [names.kind, toSafeLine(kind, 120)],
    [names.requestedBy, job.requestedBy && `<@${job.requestedBy}>`],
    [names.created, toTime(job.createdAt)],
    [names.updated, toTime(job.updatedAt)],
    [names.ended, toTime(end)],
    [names.size, toSize(job)],
    [names.seed, job.seed?.value === undefined ? undefined : toCode(String(job.seed.value), 40)],
    [names.blend, toSafeLine(job.blendDimensions ?? '', 40) || undefined],
    [names.account, job.accountName && toAccountText(job.accountName)],
    [names.version, toVersion(job.board)],
    [names.apiChannel, job.apiChannel && toCode(job.apiChannel, 60)],
    [names.slots, job.maxJobs === undefined ? undefined : String(job.maxJobs)],
    [names.code, job.bodyCode === undefined || job.bodyCode === 200 ? undefined : String(job.bodyCode)],
    [names.replyRef, job.replyRef && toCode(job.replyRef, 200)],
  ];
}

/** How its own account calls its board. */
function toVersion(board: string): string {
  return board.slice(board.lastIndexOf('/') + 1);
}

function toTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `${dateTime(at)} (${relativeTime(at)})`;
}

function toSize({ attachments: [first] }: Job): string | undefined {
  if (first?.width === undefined || first.height === undefined) return undefined;
  return `${first.width} × ${first.height}`;
}

/** Text from outside in a code span, to be copied as it is. */
function toCode(value: string, max: number): string {
  const plain = cutText(toPlainLine(value).replaceAll('`', 'ˋ'), max);
  return `\`${plain === '' ? ' ' : plain}\``;
}

/** What Midjourney wrote besides the prompt, which stands above. */
function toSaid(content: string | undefined, { prompt = '' }: Job): string | undefined {
  const said = content
    ?.replaceAll('**', '')
    // Whose account it was, and links that only its owner can open.
    .replace(/(?:\bby )?<@!?\d+>/g, '')
    .replace(/\[[^\]]*\]\(<?https?:[^)]*\)/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const rest = prompt === '' ? said : said?.replace(prompt, '…');
  return rest?.replace(/^…?\s*-?\s*/, '');
}

function toLong(name: string, value: string | undefined, max: number): string | undefined {
  const said = toSafeBlock(value ?? '', max);
  return said === '' ? undefined : `**${name}**\n${said}`;
}
