import type { Logger } from '../../shared/logger.ts';
import { cutText } from '../../shared/text.ts';
import { InvalidBodyError } from '../backend-errors.ts';
import type { ApiRequest, CallControl } from '../http/transport.ts';
import type { MjCalls } from './calls.ts';
import { Envelope, type EnvelopeContext, toSubmitAnswer } from './envelope.ts';

/** What a submit came to where it did not fail. */
export interface TaskSubmitted {
  readonly outcome: 'created' | 'modal' | 'existing';
  readonly jobid: string;
  /** Of a second step, where the server says it. */
  readonly prompt?: string;
}

/** Sends a submit once. @throws BackendError; `mayHaveWritten` where the answer leaves open what became of it */
export async function submitTask(
  calls: MjCalls,
  request: ApiRequest,
  context: Omit<EnvelopeContext, 'facts'>,
  control: CallControl,
  logger: Logger,
): Promise<TaskSubmitted> {
  const { facts, read } = await calls.write(request, control);
  const envelope = Envelope.safeParse(read()).data;
  if (envelope === undefined) throw new InvalidBodyError(facts);
  const answer = toSubmitAnswer(envelope, { ...context, facts });
  if (answer.outcome === 'created' || answer.outcome === 'modal' || answer.outcome === 'existing') return answer;
  const { code, description = '' } = envelope;
  logger.warn({ endpoint: request.endpoint, code, says: cutText(description, 200) }, 'The server refused a submit.');
  throw answer.outcome === 'failed' ? answer.error : new InvalidBodyError(facts);
}
