import {
  type APIButtonComponent,
  type APISectionComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import { isLost, type Job } from '../../jobs/job.ts';
import type { MediaFile } from '../../media/media-file.ts';
import type { NotificationEvent } from '../../notifications/notification-events.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toEventLook } from '../ui/event-look.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { refreshJob } from '../ui/show-controls.ts';
import { noticeWords } from './words.ts';

const REFUSED = { sign: '🔒', words: noticeWords.refused(), color: COLORS.bad };
const MAX_MENTIONS = 20;
const PROMPT_LENGTH = 200;

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
export function toTextNotice(
  job: Job,
  event: NotificationEvent,
  { deliveryId, above = '' }: NoticeOptions,
): OutgoingMessage {
  const { sign, words } = toLook(job, event);
  const lines = [above, noticeWords.event(sign, job.ref, words, toAccountText(job.accountName ?? ''))];
  const refresh = refreshJob.toButton(
    { ref: job.ref, deliveryId },
    isLost(job) ? noticeWords.check() : noticeWords.refresh(),
  );
  return { components: [text(lines.filter(Boolean).join('\n')), row(refresh)] };
}

/** Details under the end of a live card; carries the delivery id, so that the message can be found again. */
export const openEnded = new ControlDefinition({
  name: 'ended-open',
  args: { ref: required, deliveryId: optional },
  requires: 'view',
  acknowledges: 'private',
});

export interface EndingOptions extends NoticeOptions {
  /** Leads to the live card. */
  readonly cardLink?: string | undefined;
  readonly picture?: MediaFile | undefined;
}

/** The answer to a live card whose job has ended: what it was, small, and a way to its card. */
export function toEndingNotice(job: Job, event: NotificationEvent, options: EndingOptions): OutgoingMessage {
  const { deliveryId, above = '', cardLink, picture } = options;
  const { sign, words, color } = toLook(job, event);
  const prompt = job.concealed === undefined ? toSafeLine(job.prompt ?? '', PROMPT_LENGTH) : '';
  const hasReason = event === 'moderated' || job.concealed === 'refused';
  const lines = [
    noticeWords.event(sign, job.ref, words, toAccountText(job.accountName ?? '')),
    prompt && `> ${prompt}`,
    hasReason && job.requestedBy !== undefined && noticeWords.reasonInDetails(),
  ];
  const said = text(lines.filter(Boolean).join('\n'));
  const details = openEnded.toButton({ ref: job.ref, deliveryId }, noticeWords.details());
  const buttons = cardLink === undefined ? row(details) : row(toLinkButton(cardLink), details);
  const card = container(color, [picture === undefined ? said : toSection(said, picture), buttons]);
  const files = picture === undefined ? [] : [picture];
  const components = above === '' ? [card] : [text(above), card];
  return { components, files: files.map(({ name, path, contentType }) => ({ name, path, contentType })) };
}

function toLook({ concealed }: Job, event: NotificationEvent) {
  return concealed === 'refused' ? REFUSED : toEventLook(event);
}

function toLinkButton(url: string): APIButtonComponent {
  return { type: ComponentType.Button, style: ButtonStyle.Link, url, label: noticeWords.toCard() };
}

function toSection(said: APITextDisplayComponent, { name, label }: MediaFile): APISectionComponent {
  const accessory = {
    type: ComponentType.Thumbnail,
    media: { url: `attachment://${name}` },
    description: label,
  } as const;
  return { type: ComponentType.Section, components: [said], accessory };
}
