import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { PostError, type PostErrorFacts, type PostErrorKind } from '../../notifications/delivery/channel-poster.ts';
import { NOT_SENT_CODES, toErrorMessage } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import { postWords, uploadWords } from './words.ts';

/** What Discord's codes say about a post. Any other refusal may pass, whatever its status is. */
const CODES = {
  /** Said of what was sent; 400001: uploads are switched off in this server. */
  payload: [20009, 30015, 40005, 50006, 50035, 50045, 50046, 50146, 200000, 200001, 240000, 400001],
  /** Said of the channel or the person: somebody has to change something there. */
  target: [40058, 50001, 50007, 50008, 50009, 50013, 50024, 50278, 160005],
  gone: [10003, 10004, 10013],
  'message-gone': [10008],
  /** Discord is busy. */
  retry: [20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 130000],
} as const satisfies Partial<Record<PostErrorKind, readonly number[]>>;
const KINDS: ReadonlyMap<number, PostErrorKind> = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind as keyof typeof CODES] as const)),
);
const INTERACTION_OVER = new Set([10062, 40060, 50027, 40094]);
/** The status 413, and Discord's codes for a request or a file over its limit. */
const TOO_LARGE = new Set([413, 40005, 50045]);
const UPLOADS_OFF = 400001;
/** AutoMod's, for messages and titles, and the filter of links. */
const WORD_FAULTS = new Set([200000, 200001, 240000]);

/** What discord.js throws once a 401 made it forget the token. */
const NO_TOKEN = /^Expected token to be set/;

/** Discord's error code; `undefined` where it says none: no JSON, no number, or 0, which means nothing. */
export function toDiscordCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof DiscordAPIError)) return undefined;
  const code: unknown = thrown.code;
  const number = typeof code === 'string' && /^\d{1,9}$/.test(code) ? Number(code) : code;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** Whether what was sent is at fault: never to be sent the same again. */
export function isPayloadFault(thrown: unknown): boolean {
  return toPostError(thrown).kind === 'payload';
}

/** Whether the words of what was sent are not let through. */
function isWordFault(thrown: unknown): boolean {
  return WORD_FAULTS.has(toDiscordCode(thrown) ?? 0);
}

/** Whether what was sent was refused for what it holds, so that less of it may pass. */
export function mayPassWithLess(thrown: unknown): boolean {
  if (isInteractionOver(thrown)) return false;
  return isPayloadFault(thrown) || toAnswerStatus(thrown) === 400;
}

/** Whether the same may pass without its media: refused for what it holds, or lost on its way. */
export function mayPassWithoutMedia(thrown: unknown): boolean {
  const status = toAnswerStatus(thrown);
  return !isWordFault(thrown) && (status === 0 || status >= 500 || mayPassWithLess(thrown));
}

/** Discord's error code, else the HTTP status; 0 where there was no answer. */
export function toAnswerCode(thrown: unknown): number {
  return toDiscordCode(thrown) ?? toAnswerStatus(thrown);
}

function toAnswerStatus(thrown: unknown): number {
  return thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : 0;
}

/** Why files did not get to Discord, as a sentence part for people. */
export function toUploadReason(thrown: unknown): string {
  if (isPayloadFault(thrown) && toDiscordCode(thrown) === undefined) return uploadWords.tooLarge;
  if (thrown instanceof RateLimitError) return uploadWords.limited;
  const status = toAnswerStatus(thrown);
  if (status >= 500) return uploadWords.trouble;
  if (status >= 400) return uploadWords.refused;
  const isLate = thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError');
  return isLate ? uploadWords.late : uploadWords.brokenOff;
}

/** The same by what Discord said: its error code, or the HTTP status; 0 where there was no answer. */
export function toUploadReasonOf(answerCode: number): string {
  if (TOO_LARGE.has(answerCode)) return uploadWords.tooLarge;
  if (answerCode === UPLOADS_OFF) return uploadWords.off;
  if (answerCode === 0) return uploadWords.lost;
  return answerCode >= 500 && answerCode < 600 ? uploadWords.trouble : uploadWords.refused;
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
    return refuse('retry', postWords.wait, {
      answerCode: 429,
      retryAfterMs: thrown.retryAfter,
      isDoubtful: false,
    });
  }
  const status = thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : 0;
  if (status === 0) return toNetworkError(thrown);
  const code = toDiscordCode(thrown);
  const isUnclear = status >= 500 || status === 408;
  const says = thrown instanceof DiscordAPIError ? toSentencePart(thrown) : toStatusWords(status);
  return refuse(toKind(code, status), says, { answerCode: code ?? status, isDoubtful: isUnclear });
}

function toKind(code: number | undefined, status: number): PostErrorKind {
  if (status === 401) return 'fatal';
  if (status === 429 || status === 408 || status >= 500) return 'retry';
  if (status === 413) return 'payload';
  return KINDS.get(code ?? 0) ?? 'refused';
}

/** Without an answer nobody knows whether it was done, unless no connection came about. */
function toNetworkError(thrown: unknown): PostError {
  if (NO_TOKEN.test(toErrorMessage(thrown))) return refuse('fatal', postWords.unknownBot, { answerCode: 401 });
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return refuse('retry', postWords.noAnswer, { isDoubtful: !NOT_SENT_CODES.has(code) }, thrown);
}

/** Discord's own words without the list of fields, which quotes what was sent. */
function toSentencePart({ rawError, status }: DiscordAPIError): string {
  const says: unknown = 'message' in rawError ? rawError.message : undefined;
  return typeof says === 'string' && says !== '' ? cutText(says, 200) : toStatusWords(status);
}

function toStatusWords(status: number): string {
  return status >= 500 || status === 408 ? postWords.trouble : postWords.refused;
}

function refuse(kind: PostErrorKind, says: string, facts: PostErrorFacts, cause?: unknown): PostError {
  return new PostError(kind, says, facts, { cause });
}
