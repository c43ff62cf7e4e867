import type { Job } from '../../jobs/job.ts';
import type { JobEvent } from '../../jobs/job-events.ts';
import { toWords } from '../../shared/fold-text.ts';
import { jobWords } from '../words.ts';
import type { Rule } from './rule.ts';

/** The conditions of a rule, in the order in which they are looked at. */
export type Condition = 'paused' | 'events' | 'type' | 'verb' | 'account' | 'apiChannel' | 'prompt';

/** Why a rule did not match; `wanted` and `was` are words for people, not escaped; of accounts, their keys. */
export interface Mismatch {
  readonly condition: Condition;
  readonly wanted: string;
  readonly was: string;
}

export type RuleMatch = { readonly matched: true } | { readonly matched: false; readonly because: Mismatch };

type Check = (rule: Rule, job: Job, event: JobEvent) => Mismatch | undefined;

const CHECKS: readonly Check[] = [
  checkPaused,
  checkEvents,
  checkType,
  checkVerb,
  checkAccount,
  checkApiChannel,
  checkPrompt,
];
const UNKNOWN = 'unknown';

/** Each job's words, so that two hundred rules read a prompt once. */
const promptWords = new WeakMap<Job, ReadonlySet<string>>();

/**
 * Whether a rule wants a notification of this event of this job, or the first condition that does not hold. A suspended
 * rule matches: it posts later.
 */
export function matchRule(rule: Rule, job: Job, event: JobEvent): RuleMatch {
  for (const check of CHECKS) {
    const because = check(rule, job, event);
    if (because !== undefined) return { matched: false, because };
  }
  return { matched: true };
}

function checkPaused(rule: Rule): Mismatch | undefined {
  return rule.paused === undefined ? undefined : { condition: 'paused', wanted: 'running', was: 'paused' };
}

function checkEvents(rule: Rule, _job: Job, event: JobEvent): Mismatch | undefined {
  if (rule.events.includes(event)) return undefined;
  return { condition: 'events', wanted: rule.events.join(', '), was: event };
}

function checkType(rule: Rule, job: Job): Mismatch | undefined {
  const type = toType(job);
  if (rule.type === undefined || rule.type === type) return undefined;
  return { condition: 'type', wanted: rule.type, was: type ?? UNKNOWN };
}

function checkVerb(rule: Rule, job: Job): Mismatch | undefined {
  if (rule.verb === undefined || rule.verb.toLowerCase() === job.verb?.toLowerCase()) return undefined;
  return { condition: 'verb', wanted: rule.verb, was: job.verb ?? UNKNOWN };
}

function checkAccount(rule: Rule, job: Job): Mismatch | undefined {
  if (rule.account === undefined || rule.account === job.account) return undefined;
  return { condition: 'account', wanted: rule.account, was: job.account ?? UNKNOWN };
}

function checkApiChannel(rule: Rule, job: Job): Mismatch | undefined {
  if (rule.apiChannel === undefined || rule.apiChannel === job.apiChannel) return undefined;
  return { condition: 'apiChannel', wanted: rule.apiChannel, was: job.apiChannel ?? UNKNOWN };
}

function checkPrompt(rule: Rule, job: Job): Mismatch | undefined {
  const wanted = rule.promptWords ?? [];
  if (wanted.length === 0) return undefined;
  const words = toPromptWords(job);
  const missing = wanted.filter((phrase) => !toWords(phrase).every((word) => words.has(word)));
  if (missing.length === 0) return undefined;
  const was = job.prompt === undefined ? jobWords.noPrompt : jobWords.without(missing);
  return { condition: 'prompt', wanted: wanted.join(', '), was };
}

function toPromptWords(job: Job): ReadonlySet<string> {
  const known = promptWords.get(job);
  if (known !== undefined) return known;
  const words = new Set(toWords(job.prompt ?? ''));
  promptWords.set(job, words);
  return words;
}

/** What a job makes: as the API says, or else as its files say. */
function toType(job: Job): 'image' | 'video' | undefined {
  if (job.jobType !== undefined) return job.jobType;
  const has = (kind: string) => job.attachments.some((file) => file.contentType?.startsWith(kind) === true);
  if (job.videoUx.length > 0 || has('video/')) return 'video';
  if (job.imageUx.length > 0 || has('image/')) return 'image';
  return undefined;
}
