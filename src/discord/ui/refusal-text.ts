import { toList } from './lists.ts';
import { toSafeLine } from './outside-text.ts';
import { refusalWords } from './words.ts';

/** Why Discord takes no posts of the bot in a channel. */
export interface ChannelRefusal {
  /** Discord's words. */
  readonly reason: string;
  /** Discord's error code, if it is known. */
  readonly code?: number | undefined;
  /** The permissions that the bot lacks there, as Discord's client names them. */
  readonly missing?: readonly string[] | undefined;
}

/** Smaller numbers are HTTP statuses: their words are ours. */
const FIRST_CODE_OF_DISCORD = 10_000;
const UNKNOWN_CHANNEL = 10003;
const MISSING_ACCESS = 50001;
const MISSING_PERMISSIONS = 50013;

/** A refusal as a sentence part that names what is missing: `I’m missing **Send Messages** there`. */
export function toRefusalText({ reason, code, missing = [] }: ChannelRefusal): string {
  if (missing.length > 0) return refusalWords.missing(toList(missing.map((name) => `**${name}**`)));
  if (code === UNKNOWN_CHANNEL) return refusalWords.gone;
  if (code === MISSING_ACCESS) return refusalWords.missing('**View Channel**');
  if (code === MISSING_PERMISSIONS) return refusalWords.missingSome;
  const said = toSafeLine(reason, 120);
  return code === undefined || code < FIRST_CODE_OF_DISCORD ? said : refusalWords.says(said);
}
