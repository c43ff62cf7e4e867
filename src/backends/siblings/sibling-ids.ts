import { compact } from '../../shared/compact.ts';
import type { JobType } from '../api-job.ts';
import type { ParsedJobid } from '../contract.ts';
import { toYearlessTime } from '../id-stamps.ts';

/** What the text of a job id of a sibling tells. */
export interface SiblingId extends Omit<ParsedJobid, 'apiChannel'> {
  readonly jobType: JobType;
  /** The account at the service, as the API calls it: it may be an e-mail address, and is shown to nobody. */
  readonly account: string;
}

/** @param nowMs Epoch milliseconds, to date ids without a year; without it they have no `createdAt`. */
export type ParseSiblingId = (text: string, nowMs?: number) => SiblingId | undefined;

const MAX_LENGTH = 200;
const MINIMAX = /^user:\d+-minimax:(?<account>[^\s/?#]+?)-(?<type>image|video):[\w-]+$/;
/** The account is an e-mail address behind its region: `US:jo@example.org`. */
const DREAMINA = /^j(?<stamp>\d{19})(?<type>[iv])-u\d+-(?<account>[^\s/?#]*[:@][^\s/?#]*)-bot:dreamina$/;

/** `user:<user>-minimax:<account>-image:<id>`: without a time. */
export function parseMinimaxId(text: string): SiblingId | undefined {
  const groups = match(MINIMAX, text);
  const jobType = groups?.['type'] === 'video' ? 'video' : 'image';
  return groups && { board: 'minimax', jobType, account: groups['account'] ?? '' };
}

/** `j` + MMDDHHmmssSSS + six digits + `i` or `v` + `-u<user>-<account>-bot:dreamina`. */
export function parseDreaminaId(text: string, nowMs?: number): SiblingId | undefined {
  const groups = match(DREAMINA, text);
  if (groups === undefined) return undefined;
  const createdAt = nowMs === undefined ? undefined : toYearlessTime(groups['stamp'] ?? '', nowMs);
  const jobType = groups['type'] === 'v' ? 'video' : 'image';
  return { board: 'dreamina', jobType, account: groups['account'] ?? '', ...compact({ createdAt }) };
}

const PARSERS: readonly ParseSiblingId[] = [parseMinimaxId, parseDreaminaId];

/** Reads a job id of any of them; the account stays out. */
export function parseSiblingId(text: string, nowMs?: number): ParsedJobid | undefined {
  for (const parse of PARSERS) {
    const id = parse(text, nowMs);
    if (id !== undefined) return withoutAccount(id);
  }
  return undefined;
}

/** What may be stored and shown of an id. */
export function withoutAccount({ account: _, ...parsed }: SiblingId): ParsedJobid {
  return parsed;
}

function match(pattern: RegExp, text: string): Record<string, string> | undefined {
  return text.length > MAX_LENGTH ? undefined : pattern.exec(text)?.groups;
}
