import { ComponentType } from 'discord.js';
import type { FamilyMember } from '../../jobs/family/family-tree.ts';
import type { Family } from '../../jobs/family/job-family.ts';
import type { MediaFile } from '../../media/media-file.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine, toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';
import { jobWords } from './words.ts';

const TEXT_LIMIT = 3_600;
const LABEL_LENGTH = 40;
const OPTIONS_PER_SELECT = 25;
const SELECT_COUNT = 3;
const MAX_INDENT = 8;

/** Compare: up to ten siblings in one gallery. */
export const compareSiblings = new ControlDefinition({
  name: 'family-compare',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});

/** Compare what was made from it: the same for its children. */
export const compareChildren = new ControlDefinition({
  name: 'family-children',
  args: { ref: required },
  requires: 'view',
  acknowledges: 'private',
});

/** Small pictures of members, by ref, in the order in which they are numbered. */
type SmallPictures = ReadonlyMap<string, MediaFile>;

interface Line {
  readonly member: FamilyMember;
  readonly depth: number;
  /** Of the one above, which is not repeated. */
  readonly above?: string | undefined;
}

/** A job's family as an indented tree, each member to be opened. Fits Discord's limits for up to 60 members. */
export function toFamilyMessage(family: Family, pictures: SmallPictures = new Map()): OutgoingMessage {
  const lines = flatten(family.root, 0);
  const heading = jobWords.familyHeading(family.count, family.ref);
  const remarks = [family.isCut && jobWords.familyCut, family.hasUnread && jobWords.familyUnread].filter(
    (remark) => remark !== false,
  );
  const numbers = new Map([...pictures.keys()].map((ref, at) => [ref, at + 1]));
  const perLine = Math.floor((TEXT_LIMIT - heading.length - remarks.join().length) / lines.length) - 1;
  const tree = lines.map((line) => toLine(line, family.ref, perLine, numbers)).join('\n');
  const hasSiblings = lines.some(
    ({ member }) => member.children.length > 1 && member.children.some(isAsked(family.ref)),
  );
  const hasChildren = lines.some(({ member }) => member.ref === family.ref && member.children.length > 1);
  const compare = [
    ...(hasSiblings ? [compareSiblings.toButton({ ref: family.ref }, jobWords.compareSiblings)] : []),
    ...(hasChildren ? [compareChildren.toButton({ ref: family.ref }, jobWords.compareChildren)] : []),
  ];
  const body = [
    text([heading, tree, ...remarks].join('\n')),
    ...(pictures.size > 0 ? [toGallery(pictures)] : []),
    ...toSelects(lines),
    ...(compare.length > 0 ? [row(...compare)] : []),
  ];
  const files = [...pictures.values()].map(({ name, path, contentType }) => ({ name, path, contentType }));
  return { components: [container(COLORS.busy, body)], files };
}

function toGallery(pictures: SmallPictures) {
  const items = [...pictures].map(([ref, { name }], at) => ({
    media: { url: `attachment://${name}` },
    description: `${at + 1}: ${ref}`,
  }));
  return { type: ComponentType.MediaGallery, items } as const;
}

function isAsked(ref: string) {
  return (member: FamilyMember) => member.ref === ref;
}

function flatten(member: FamilyMember, depth: number, above?: string): Line[] {
  const prompt = member.job?.prompt ?? above;
  return [{ member, depth, above }, ...member.children.flatMap((child) => flatten(child, depth + 1, prompt))];
}

/** A member in one line of at most `max` characters. */
function toLine(
  { member, depth, above }: Line,
  asked: string,
  max: number,
  numbers: ReadonlyMap<string, number>,
): string {
  const indent = depth === 0 ? '' : `${'\u2003'.repeat(Math.min(depth, MAX_INDENT) - 1)}└ `;
  const label = member.label === undefined ? '' : `${toSafeLine(member.label, LABEL_LENGTH)} → `;
  const ref = member.ref === asked ? `**\`${member.ref}\`**` : `\`${member.ref}\``;
  const isConcealed = member.job?.concealed !== undefined;
  const by = member.by === undefined || isConcealed ? '' : jobWords.by(member.by);
  const sign = member.job === undefined ? '❔' : toStatusLook(member.job).sign;
  const number = numbers.get(member.ref);
  const picture = number === undefined ? '' : jobWords.picture(number);
  const start = `${indent}${sign} ${label}${ref}${picture}${by}`;
  const prompt = member.job?.prompt === above ? '' : member.job?.prompt;
  const about = toSafeLine(prompt ?? '', Math.max(0, max - start.length - 1));
  return about === '' || start.length + about.length + 1 > max ? start : `${start} ${about}`;
}

function toSelects(lines: readonly Line[]) {
  const chunks = toChunks([...lines], OPTIONS_PER_SELECT).slice(0, SELECT_COUNT);
  return chunks.map((some, at) => {
    const options = some.map(({ member }) => ({ label: toOptionLabel(member), value: member.ref }));
    return row(openJob.toSelect({ list: 'family', at: String(at) }, jobWords.openJob, options));
  });
}

function toOptionLabel(member: FamilyMember): string {
  const { ref, label, job } = member;
  const title = job === undefined ? jobWords.notRead : toJobTitle(job);
  return cutText([ref, label === undefined ? undefined : toPlainLine(label), title].filter(Boolean).join(' · '), 100);
}
