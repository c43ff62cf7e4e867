import type { Logger } from '../../shared/logger.ts';
import {
  type BackendError,
  ContentTypeError,
  EmptyBodyError,
  InvalidBodyError,
  InvalidJsonError,
  JobNotFoundError,
  UnauthorizedError,
  UnexpectedStatusError,
} from '../backend-errors.ts';
import { type AnswerContext, type RawAnswer, readJson, toFacts, toStatusError, tryJson } from '../http/answers.ts';
import { type ApiRequest, type CallControl, Transport, type TransportOptions } from '../http/transport.ts';
import { Envelope, NOT_FOUND } from './envelope.ts';
import { taskRequest } from './mj-endpoints.ts';
import { parseTask, parseTasks, type WireTask } from './wire-task.ts';

export interface MjCallsOptions extends Omit<TransportOptions, 'toStatusError'> {
  readonly logger: Logger;
}

/** Calls of the dialect, their answers read as far as all flavours have them in common. */
export class MjCalls {
  readonly #options: MjCallsOptions;
  readonly #transport: Transport;

  constructor(options: MjCallsOptions) {
    this.#options = options;
    this.#transport = new Transport({ ...options, toStatusError: toMjStatusError });
  }

  /** @see Transport.clockAheadMs */
  get clockAheadMs(): number | undefined {
    return this.#transport.clockAheadMs;
  }

  /** Sends a submit or a cancel; a body that is not JSON is `undefined`, with what an error may say of it. */
  async write(request: ApiRequest, control: CallControl) {
    const answer = await this.#transport.send(request, control);
    const context = this.#contextOf(request);
    return { answer, facts: toFacts(answer, context), read: () => readJson(answer, context) };
  }

  /** Reads one task. @throws JobNotFoundError where the server says so in one of its ways */
  async readTask(jobid: string, control: CallControl): Promise<WireTask> {
    const request = taskRequest(jobid);
    const answer = await this.#transport.send(request, control);
    const context = this.#contextOf(request);
    if (answer.text.trim() === '') throw new JobNotFoundError(toFacts(answer, context));
    const body = readJson(answer, context);
    const task = parseTask(body);
    if (task?.id === jobid) return task;
    if (task === undefined && Envelope.safeParse(body).success) throw new JobNotFoundError(toFacts(answer, context));
    throw new InvalidBodyError(toFacts(answer, context));
  }

  /** Reads a list of tasks. @throws InvalidBodyError where the answer is none */
  async readTasks(request: ApiRequest, control: CallControl): Promise<readonly WireTask[]> {
    const answer = await this.#transport.send(request, control);
    const context = this.#contextOf(request);
    const parsed = parseTasks(readJson(answer, context));
    if (parsed === undefined) throw new InvalidBodyError(toFacts(answer, context));
    const { tasks, skipped } = parsed;
    if (skipped > 0) this.#options.logger.warn({ endpoint: request.endpoint, skipped }, 'tasks could not be read');
    return tasks;
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  #contextOf(request: ApiRequest): AnswerContext {
    return { ...request, nowMs: this.#options.clock.now() };
  }
}

/** Statuses by which useapi speaks of jobs come here from something else, such as a wrong address. */
const FOREIGN = new Set([402, 404, 409, 410, 412, 422, 596]);

function toMjStatusError(answer: RawAnswer, context: AnswerContext): BackendError {
  const { status } = answer;
  if (status === 401 || status === 403) return new UnauthorizedError(toFacts(answer, context));
  if (status === 404 && isUnknownTask(answer)) return new JobNotFoundError(toFacts(answer, context));
  if (FOREIGN.has(status)) return new UnexpectedStatusError(toFacts(answer, context));
  return toStatusError(answer, context);
}

/** Some answer 404 and the envelope where a submit names a task that is not there. */
function isUnknownTask({ text }: RawAnswer): boolean {
  return Envelope.safeParse(tryJson(text)).data?.code === NOT_FOUND;
}

/** Whether an error says that the server has no such call, or sends a page instead. */
export function isCallMissing(error: unknown): boolean {
  if (error instanceof UnexpectedStatusError) return error.status === 404 || error.status === 405;
  return (
    error instanceof ContentTypeError ||
    error instanceof InvalidJsonError ||
    error instanceof EmptyBodyError ||
    error instanceof InvalidBodyError
  );
}
