import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ApiJob } from '../api-job.ts';
import { InvalidRequestError } from '../backend-errors.ts';
import type { FinishRequest, FinishResult, PressRequest, PressResult } from '../contract.ts';
import type { ApiRequest, CallControl } from '../http/transport.ts';
import type { MjCalls } from './calls.ts';
import { type Flavour, toChange } from './flavours.ts';
import { actionRequest, changeRequest, modalRequest } from './mj-endpoints.ts';
import { isModal } from './status.ts';
import { submitTask } from './submit-task.ts';
import { toLabel, toNewJob } from './task-job.ts';
import type { WireTask } from './wire-task.ts';

/**
 * Presses of buttons: in one step, or in two where the server asks for more after the first. The first step makes a
 * task and costs nothing; the second starts it. Neither is ever sent twice without a look at the task in between.
 */
export class MjPresses {
  readonly #calls: MjCalls;
  readonly #toJob: (task: WireTask) => ApiJob;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(calls: MjCalls, toJob: (task: WireTask) => ApiJob, clock: Clock, logger: Logger) {
    this.#calls = calls;
    this.#toJob = toJob;
    this.#clock = clock;
    this.#logger = logger;
  }

  async press(press: PressRequest, flavour: Flavour, control: CallControl): Promise<PressResult> {
    const parent = await this.#calls.readTask(press.jobid, control);
    const request = toFirstStep(parent, press, flavour);
    const answer = await this.#submit(request, press, flavour, control);
    if (answer.outcome === 'existing') return { outcome: 'existing', jobid: answer.jobid };
    if (answer.outcome === 'created') return { outcome: 'created', job: this.#toNewJob(answer.jobid, press) };
    await press.onSecondStep?.(answer.jobid);
    const prompt = press.prompt ?? answer.prompt ?? parent.prompt ?? '';
    return this.#sendSecondStep(answer.jobid, { ...press, prompt }, flavour, control);
  }

  /** A task that waits for its second step no longer was given it, however that ended. */
  async finish(
    jobid: string,
    press: FinishRequest,
    flavour: Flavour | undefined,
    control: CallControl,
  ): Promise<FinishResult> {
    const task = await this.#calls.readTask(jobid, control);
    if (!isModal(task)) return { outcome: 'created', job: this.#toJob(task) };
    if (press.isLookOnly === true) return { outcome: 'waiting' };
    return this.#sendSecondStep(jobid, { ...press, prompt: press.prompt ?? task.prompt ?? '' }, flavour, control);
  }

  async #sendSecondStep(
    taskId: string,
    press: PressRequest,
    flavour: Flavour | undefined,
    control: CallControl,
  ): Promise<PressResult> {
    const maskBase64 = press.mask === undefined ? undefined : `data:image/png;base64,${press.mask}`;
    const request = modalRequest({ taskId, prompt: press.prompt, maskBase64 });
    const { jobid } = await this.#submit(request, press, flavour, control);
    return { outcome: 'created', job: this.#toNewJob(jobid, press) };
  }

  #submit(request: ApiRequest, press: PressRequest, flavour: Flavour | undefined, control: CallControl) {
    const sent = { ...request, isBusyFinal: press.isBusyFinal === true };
    return submitTask(this.#calls, sent, { kind: 'press', flavour }, control, this.#logger);
  }

  #toNewJob(jobid: string, { button, jobid: parentJobid, prompt, replyRef }: PressRequest): ApiJob {
    return toNewJob(jobid, { verb: 'button', button, parentJobid, prompt, replyRef }, this.#clock.now());
  }
}

/** Looked up in a fresh record, so that a control's own id never has to be kept. */
function toFirstStep(
  parent: WireTask,
  { button, prompt, replyRef, replyUrl }: PressRequest,
  flavour: Flavour,
): ApiRequest {
  const reply = { state: replyRef, notifyHook: replyUrl };
  if (flavour === 'novicezk') {
    const change = toChange(button);
    if (change === undefined) throw refusal('no such button');
    if (prompt !== undefined) throw refusal('no button takes a prompt');
    return changeRequest(parent.id, change, reply);
  }
  const customId = parent.buttons?.find((candidate) => toLabel(candidate) === button)?.customId;
  if (customId === undefined || customId === '') throw refusal('no such button');
  return actionRequest(parent.id, customId, reply);
}

function refusal(reason: string): InvalidRequestError {
  return new InvalidRequestError({ endpoint: 'press', reason });
}
