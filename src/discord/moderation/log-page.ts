import { type APIFileComponent, ComponentType } from 'discord.js';
import type { LogPage } from '../../moderation/log/audit-log.ts';
import { cutText } from '../../shared/text.ts';
import { ControlDefinition } from '../core/control.ts';
import { maybe, optional, ordinal } from '../core/control-args.ts';
import type { OutgoingFile, OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { toEntryText } from './log-sentences.ts';
import { toPersonText } from './member-pages.ts';
import { logWords } from './words.ts';

const TEXT_LIMIT = 3_600;
const ENTRY_LENGTH = 330;

/** What a page of the log was asked for; carried by its controls. */
export interface LogFilter {
  readonly member?: string | undefined;
  readonly ref?: string | undefined;
  readonly action?: string | undefined;
}

/** Newest and Older under a page of the log; `use` tells them apart. */
export const turnLogPage = new ControlDefinition({
  name: 'mod-log',
  args: { before: maybe(ordinal), member: optional, ref: optional, action: optional, use: optional },
  requires: 'audit',
  acknowledges: 'update',
});

/** A page of the log, newest first. */
export function toLogPage(guildId: string, page: LogPage, filter: LogFilter): OutgoingMessage {
  const asked = [filter.member && toPersonText(filter.member), filter.ref && `\`${filter.ref}\``, filter.action].filter(
    isGiven,
  );
  const heading = logWords.heading(asked);
  const lines = page.entries.map((entry) => cutText(toEntryText(guildId, entry), ENTRY_LENGTH));
  const body = lines.length === 0 ? logWords.nothing(asked.length > 0) : cutText(lines.join('\n'), TEXT_LIMIT);
  const { member, ref, action } = filter;
  const { nextBefore: before } = page;
  const isDisabled = before === undefined;
  const paging = row(
    turnLogPage.toButton({ member, ref, action, use: 'newest' }, logWords.newest()),
    turnLogPage.toButton({ before, member, ref, action, use: 'older' }, logWords.older(), { isDisabled }),
  );
  return { components: [container(COLORS.busy, [text(heading), text(body), paging])] };
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

/** A file with a sentence above it. */
export function toFileMessage(sentence: string, file: OutgoingFile): OutgoingMessage {
  const shown: APIFileComponent = { type: ComponentType.File, file: { url: `attachment://${file.name}` } };
  return { components: [container(COLORS.good, [text(sentence), shown])], files: [file] };
}
