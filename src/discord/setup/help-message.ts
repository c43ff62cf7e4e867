import type { Action } from '../../moderation/policy.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, text } from '../ui/blocks.ts';
import { COLORS } from '../ui/notices.ts';
import { HELP, type HelpTopic, helpDenied } from './words.ts';

/** The id that Discord gave a command of ours in a server; undefined while it is not known. */
export type CommandId = (name: string) => string | undefined;

/** What a member may do here, by what they want to do, and what they may not. */
export function toHelpMessage(isAllowed: (action: Action) => boolean, commandId: CommandId): OutgoingMessage {
  const allowed = HELP.topics.filter(({ needs }) => isAllowed(needs));
  const denied = HELP.topics.filter(({ needs }) => !isAllowed(needs) && HELP.asked.includes(needs));
  const body = allowed.map((topic) => toTopicText(topic, commandId));
  const heading = body.length > 0 ? HELP.heading : HELP.nothing;
  const parts = [heading, ...body, ...(denied.length > 0 ? [helpDenied(denied.map(({ denied }) => denied))] : [])];
  return { components: [container(COLORS.busy, parts.map(text))] };
}

function toTopicText({ title, note, commands }: HelpTopic, commandId: CommandId): string {
  const lines = commands.map(([path, what]) => `${toMention(path, commandId)} – ${what}`);
  return [`**${title}**`, ...(note === undefined ? [] : [note]), ...lines].join('\n');
}

/** Clickable where the command's id is known. */
function toMention(path: string, commandId: CommandId): string {
  const id = commandId(path.split(' ')[0] ?? path);
  return id === undefined ? `\`/${path}\`` : `</${path}:${id}>`;
}
