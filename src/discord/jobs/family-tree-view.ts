import type { FamilyMember } from '../../jobs/family/family-tree.ts';
import type { Family } from '../../jobs/family/job-family.ts';
import { toChunks } from '../../shared/chunks.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine, toSafeLine } from '../ui/outside-text.ts';
import { openJob } from '../ui/show-controls.ts';

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

interface Line {
  readonly member: FamilyMember;
  readonly depth: number;
}

/** A job's family as an indented tree, each member to be opened. Fits Discord's limits for up to 60 members. */
export function toFamilyMessage(family: Family): OutgoingMessage {
  const lines = flatten(family.root, 0);
  const heading = `### 🌳 ${countOf(family.count, 'job')} in the family of \`${family.ref}\``;
  const remarks = [
    family.isCut && '-# Some were left out: there are too many.',
    family.hasUnread && '-# Some could not be read in time: ask again.',
  ].filter((remark) => remark !== false);
  const perLine = Math.floor((TEXT_LIMIT - heading.length - remarks.join().length) / lines.length) - 1;
  const tree = lines.map((line) => toLine(line, family.ref, perLine)).join('\n');
  const hasSiblings = lines.some(
    ({ member }) => member.children.length > 1 && member.children.some(isAsked(family.ref)),
  );
  const compare = row(compareSiblings.toButton({ ref: family.ref }, 'Compare with its siblings'));
  const body = [text([heading, tree, ...remarks].join('\n')), ...toSelects(lines), ...(hasSiblings ? [compare] : [])];
  return { components: [container(COLORS.busy, body)] };
}

function isAsked(ref: string) {
  return (member: FamilyMember) => member.ref === ref;
}

function flatten(member: FamilyMember, depth: number): Line[] {
  return [{ member, depth }, ...member.children.flatMap((child) => flatten(child, depth + 1))];
}

/** A member in one line of at most `max` characters. */
function toLine({ member, depth }: Line, asked: string, max: number): string {
  const indent = depth === 0 ? '' : `${'\u2003'.repeat(Math.min(depth, MAX_INDENT) - 1)}└ `;
  const label = member.label === undefined ? '' : `${toSafeLine(member.label, LABEL_LENGTH)} → `;
  const ref = member.ref === asked ? `**\`${member.ref}\`**` : `\`${member.ref}\``;
  const isConcealed = member.job?.concealed !== undefined;
  const by = member.by === undefined || isConcealed ? '' : ` by <@${member.by}>`;
  const sign = member.job === undefined ? '❔' : toStatusLook(member.job).sign;
  const start = `${indent}${sign} ${label}${ref}${by}`;
  const about = toSafeLine(member.job?.prompt ?? '', Math.max(0, max - start.length - 1));
  return about === '' || start.length + about.length + 1 > max ? start : `${start} ${about}`;
}

function toSelects(lines: readonly Line[]) {
  const chunks = toChunks([...lines], OPTIONS_PER_SELECT).slice(0, SELECT_COUNT);
  return chunks.map((some, at) => {
    const options = some.map(({ member }) => ({ label: toOptionLabel(member), value: member.ref }));
    return row(openJob.toSelect({ list: 'family', at: String(at) }, 'Open a job…', options));
  });
}

function toOptionLabel(member: FamilyMember): string {
  const { ref, label, job } = member;
  const title = job === undefined ? 'not read' : toJobTitle(job);
  return cutText([ref, label === undefined ? undefined : toPlainLine(label), title].filter(Boolean).join(' · '), 100);
}
