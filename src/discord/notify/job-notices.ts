import { isLost, type Job } from '../../jobs/job.ts';
import type { TellEvent } from '../../notifications/planning/plan.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toEventLook } from '../ui/event-look.ts';
import { toJobTitle } from '../ui/job-words.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { openJob, refreshJob } from '../ui/show-controls.ts';

const MAX_MENTIONS = 20;

export interface NoticeOptions {
  readonly deliveryId: string;
  /** A line before the text, formatted already: whom it mentions. */
  readonly above?: string;
}

/** Whom a message mentions: as a line of it, and as what Discord may notify. */
export function toMentions(roleIds: readonly string[], userIds: readonly string[]) {
  const mentionRoleIds = [...new Set(roleIds)].slice(0, MAX_MENTIONS);
  const mentionUserIds = [...new Set(userIds)].slice(0, MAX_MENTIONS);
  const signs = [...mentionUserIds.map((id) => `<@${id}>`), ...mentionRoleIds.map((id) => `<@&${id}>`)];
  return { above: signs.join(' '), mentionRoleIds, mentionUserIds };
}

/** A job's ref and what happened to it: what is sent when Discord takes nothing more. */
export function toTextNotice(job: Job, event: TellEvent, { deliveryId, above = '' }: NoticeOptions): OutgoingMessage {
  const { sign, words } = toEventLook(event);
  const lines = [above, `${sign} The job \`${job.ref}\` ${words}.`];
  const refresh = refreshJob.toButton({ ref: job.ref, deliveryId }, isLost(job) ? 'Check' : 'Refresh');
  return { components: [text(lines.filter(Boolean).join('\n')), row(refresh)] };
}

/** The answer to a live card whose job has ended. */
export function toEndingNotice(job: Job, event: TellEvent, { deliveryId, above = '' }: NoticeOptions): OutgoingMessage {
  const { sign, words, color } = toEventLook(event);
  const sentence = `${sign} The job \`${job.ref}\` ${words}.`;
  const option = { label: cutText(toPlainLine(`${job.ref} · ${toJobTitle(job)}`), 100), value: job.ref };
  const open = row(openJob.toSelect({ list: deliveryId, at: '0' }, 'Open the job…', [option]));
  const card = container(color, [text(sentence), open]);
  return { components: above === '' ? [card] : [text(above), card] };
}
