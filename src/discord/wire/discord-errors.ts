import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { PostError, type PostErrorFacts, type PostErrorKind } from '../../notifications/channel-poster.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';

const PAYLOAD_FAULTS = new Set([50035, 50006, 40005, 50045, 50046, 200000, 240000, 40067, 220001]);
const INTERACTION_OVER = new Set([10062, 40060, 50027, 40094]);
/** AutoMod's, for messages and titles, and the filter of links. */
const WORD_FAULTS = new Set([200000, 200001, 240000]);
const NO_UPLOADS = 400001;
const TARGET_FAULTS = new Set([50001, 50013, 50008, 50024, 160005]);
const GONE = new Set([10003, 10004]);
const BUSY = new Set([130000, 40062, 20016, 20028, 20029, 30046]);
const UNKNOWN_MESSAGE = 10008;
/** Failures to connect: nothing has been sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** What discord.js throws once a 401 made it forget the token. */
const NO_TOKEN = /^Expected token to be set/;

/** Discord's error code, as a number; none for anything else. */
export function toDiscordCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof DiscordAPIError)) return undefined;
  return typeof thrown.code === 'number' ? thrown.code : Number.parseInt(thrown.code, 10);
}

/** Whether what was sent is at fault: never to be sent the same again. */
export function isPayloadFault(thrown: unknown): boolean {
  const code = toDiscordCode(thrown);
  if (code !== undefined && PAYLOAD_FAULTS.has(code)) return true;
  return (thrown instanceof DiscordAPIError || thrown instanceof HTTPError) && thrown.status === 413;
}

/** Whether the words of what was sent are not let through. */
export function isWordFault(thrown: unknown): boolean {
  return WORD_FAULTS.has(toDiscordCode(thrown) ?? 0);
}

/** Whether Discord refuses what was sent for what it holds, and says so with a code of its own. */
export function isContentRefused(thrown: unknown): boolean {
  return isWordFault(thrown) || isPayloadFault(thrown) || toDiscordCode(thrown) === NO_UPLOADS;
}

/** Whether what was sent was refused for what it holds, so that less of it may pass. */
export function mayPassWithLess(thrown: unknown): boolean {
  if (isInteractionOver(thrown)) return false;
  return isContentRefused(thrown) || toAnswerStatus(thrown) === 400;
}

/** Whether the same may pass without its media: refused for what it holds, or lost on its way. */
export function mayPassWithoutMedia(thrown: unknown): boolean {
  const status = toAnswerStatus(thrown);
  return !isWordFault(thrown) && (status === 0 || status >= 500 || mayPassWithLess(thrown));
}

/** Discord's error code, else the HTTP status; 0 where there was no answer. */
export function toAnswerCode(thrown: unknown): number {
  return toDiscordCode(thrown) || toAnswerStatus(thrown);
}

function toAnswerStatus(thrown: unknown): number {
  return thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : 0;
}

/** Why files did not get to Discord, as a sentence part for people. */
export function toUploadReason(thrown: unknown): string {
  if (isPayloadFault(thrown) && toDiscordCode(thrown) === undefined) return 'it is too large for Discord';
  if (thrown instanceof RateLimitError) return 'Discord takes no more uploads at the moment';
  const status = toAnswerStatus(thrown);
  if (status >= 500) return 'Discord had trouble with the upload';
  if (status >= 400) return 'Discord refused the upload';
  const isLate = thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError');
  return isLate ? 'the upload to Discord took too long' : 'the connection to Discord broke during the upload';
}

/** Whether the interaction can no longer be answered. */
export function isInteractionOver(thrown: unknown): boolean {
  const code = toDiscordCode(thrown);
  return code !== undefined && INTERACTION_OVER.has(code);
}

/** What was thrown by a request to a channel, sorted by what is to be done about it. */
export function toPostError(thrown: unknown): PostError {
  if (thrown instanceof PostError) return thrown;
  if (thrown instanceof RateLimitError) {
    return refuse('retry', 'Discord asks to wait', {
      answerCode: 429,
      retryAfterMs: thrown.retryAfter,
      isDoubtful: false,
    });
  }
  const code = toDiscordCode(thrown) ?? 0;
  const status = thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : 0;
  if (status === 0) return toNetworkError(thrown);
  const kind = toKind(thrown, code, status);
  const says = thrown instanceof DiscordAPIError ? toSentencePart(thrown) : `Discord answered ${status}`;
  return refuse(kind, says, { answerCode: code === 0 ? status : code, isDoubtful: kind === 'retry' && status >= 500 });
}

function toKind(thrown: unknown, code: number, status: number): PostErrorKind {
  if (status === 401) return 'fatal';
  if (status === 429 || status >= 500 || BUSY.has(code)) return 'retry';
  if (code === UNKNOWN_MESSAGE) return 'message-gone';
  if (GONE.has(code)) return 'gone';
  if (isPayloadFault(thrown)) return 'payload';
  if (TARGET_FAULTS.has(code) || status === 403) return 'target';
  return status === 404 ? 'gone' : 'payload';
}

/** Without an answer nobody knows whether it was done, unless no connection came about. */
function toNetworkError(thrown: unknown): PostError {
  if (NO_TOKEN.test(toErrorMessage(thrown)))
    return refuse('fatal', 'Discord no longer knows the bot', { answerCode: 401 });
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const says = code === '' ? toErrorMessage(thrown) : `${toErrorMessage(thrown)} (${code})`;
  return refuse('retry', cutText(`Discord did not answer: ${says}`, 200), { isDoubtful: !NOT_SENT.has(code) });
}

/** Discord's own words without the list of fields, which quotes what was sent. */
function toSentencePart({ rawError }: DiscordAPIError): string {
  const says = 'message' in rawError ? rawError.message : 'refused';
  return cutText(says, 200);
}

function refuse(kind: PostErrorKind, says: string, facts: PostErrorFacts): PostError {
  return new PostError(kind, says, facts);
}
