import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import { cutText } from '../../shared/text.ts';
import {
  type BackendError,
  type BackendErrorFacts,
  BusyError,
  InvalidRequestError,
  JobNotFoundError,
  NoAccountError,
  RejectedPromptError,
  ServerError,
} from '../backend-errors.ts';
import type { Flavour } from './flavours.ts';

/** What a submit is answered with, always under HTTP 200. */
export const Envelope = z.object({
  code: z.coerce.number(),
  description: z.string().optional().catch(undefined),
  result: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
  properties: z
    .object({
      bannedWord: z.string().optional().catch(undefined),
      numberOfQueues: z.number().optional().catch(undefined),
      finalPrompt: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type Envelope = z.infer<typeof Envelope>;

/**
 * `modal`: a second step has to follow, for which `prompt` is what the server would take. `existing`: the same was
 * made before. `unreadable`: nothing that is known.
 */
export type SubmitAnswer =
  | { readonly outcome: 'created' | 'modal' | 'existing'; readonly jobid: string; readonly prompt?: string }
  | { readonly outcome: 'failed'; readonly error: BackendError }
  | { readonly outcome: 'unreadable' };

/** Which call an envelope came to. */
export interface EnvelopeContext {
  readonly flavour: Flavour | undefined;
  readonly kind: 'imagine' | 'press';
  readonly facts: BackendErrorFacts;
}

const SUCCESS = 1;
/** No such task, or no account that could take it. */
export const NOT_FOUND = 3;
const INVALID = 4;
const FAILED = 9;
const EXISTED_OR_MODAL = 21;
const IN_QUEUE = 22;
const QUEUE_FULL = 23;
const BANNED_WORD = 24;
const LIMITED = 30;

/** Texts of a full line or a used-up allowance, which come under the codes of other failures. */
const BUSY_TEXT = /队列已满|上限|封锁|queue (?:is )?full|limit (?:reached|exceeded)|too many|quota/i;
const ACCOUNT_TEXT = /账号|帐号|实例|account|instance/i;
const UNKNOWN_TASK_TEXT = /任务不存在|任务.*失效|关联任务|not.?exist|not.?found/i;

/** What an envelope means; the text decides only where one code stands for several things. */
export function toSubmitAnswer(envelope: Envelope, context: EnvelopeContext): SubmitAnswer {
  const { code, result } = envelope;
  const isMade = code === SUCCESS || code === IN_QUEUE || code === EXISTED_OR_MODAL;
  if (!isMade) return toFailure(envelope, context);
  if (result === undefined || result === '') return { outcome: 'unreadable' };
  if (code !== EXISTED_OR_MODAL) return { outcome: 'created', jobid: result };
  const isModal = context.flavour !== 'novicezk' && context.kind === 'press';
  if (!isModal) return { outcome: 'existing', jobid: result };
  return compact({ outcome: 'modal' as const, jobid: result, prompt: envelope.properties?.finalPrompt });
}

function toFailure(envelope: Envelope, { kind, facts: given }: EnvelopeContext): SubmitAnswer {
  const { code, description = '' } = envelope;
  const facts: BackendErrorFacts = { ...given, mayHaveWritten: false, reason: `code ${code}` };
  const failed = (error: BackendError): SubmitAnswer => ({ outcome: 'failed', error });
  if (code === QUEUE_FULL || code === LIMITED) return failed(new BusyError(facts));
  if ((code === INVALID || code === FAILED) && BUSY_TEXT.test(description)) return failed(new BusyError(facts));
  if (code === BANNED_WORD) return failed(new RejectedPromptError(facts, toRejection(envelope)));
  if (code === NOT_FOUND && (kind === 'imagine' || ACCOUNT_TEXT.test(description)))
    return failed(new NoAccountError(facts));
  if (code === NOT_FOUND) return failed(new JobNotFoundError(facts));
  if (code === INVALID && kind === 'press' && UNKNOWN_TASK_TEXT.test(description))
    return failed(new JobNotFoundError(facts));
  if (code === INVALID) return failed(new InvalidRequestError(facts));
  // "Failed" says nothing about what had been sent on before.
  if (code === FAILED) return failed(new ServerError({ ...facts, mayHaveWritten: true }));
  return { outcome: 'unreadable' };
}

function toRejection({ properties }: Envelope) {
  const word = properties?.bannedWord;
  return {
    error: 'The prompt holds a word that is not allowed there',
    errorDetails: word === undefined ? undefined : `The word is “${cutText(word, 100)}”.`,
  };
}
