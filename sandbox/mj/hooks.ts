import { toErrorMessage } from '../../src/shared/errors.ts';
import { callBack, isCallableBack } from '../midjourney/call-back.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import type { MjContext } from './mj-context.ts';
import { toTask } from './task-record.ts';

type WireTask = Record<string, unknown>;

/** Posts whole tasks to their `notifyHook` as they change; nothing is signed, and nothing tried again. */
export class Hooks {
  readonly #api: MjContext;
  readonly #stopping = new AbortController();
  readonly #stop: () => void;
  /** What is overtaken by the next change of the same task, by its id. */
  readonly #held = new Map<string, WireTask>();
  /** trueai sends nothing that is as it last sent it; by task id. */
  readonly #lastSent = new Map<string, string>();

  constructor(api: MjContext) {
    this.#api = api;
    this.#stop = api.world.onChange((job) => this.#note(job));
  }

  close(): void {
    this.#stop();
    this.#stopping.abort();
  }

  /** A reseller keeps the address to itself. */
  #note(job: SandboxJob): void {
    const { hooks, flavour } = this.#api.world.switches;
    const url = job.replyUrl;
    if (url === undefined || url === '' || flavour === 'new-api' || hooks === 'lost') return;
    if (!isCallableBack(url)) {
      this.#api.logger.info({ jobid: job.jobid }, 'hook not called: the sandbox calls back on loopback only');
      return;
    }
    if (flavour === 'trueai' && this.#isSent(job)) return;
    void this.#send(url, hooks === 'out-of-order' ? this.#reorder(job) : [toTask(this.#api, job)]);
  }

  #isSent(job: SandboxJob): boolean {
    const { status, progress } = toTask(this.#api, job);
    const state = `${status}:${progress}`;
    const isSame = this.#lastSent.get(job.jobid) === state;
    this.#lastSent.set(job.jobid, state);
    return isSame;
  }

  /** Each change waits for the next one, which goes first; the end waits for none. */
  #reorder(job: SandboxJob): WireTask[] {
    const task = toTask(this.#api, job);
    const earlier = this.#held.get(job.jobid);
    this.#held.delete(job.jobid);
    if (earlier !== undefined) return [task, earlier];
    if (!isRunning(job)) return [task];
    this.#held.set(job.jobid, task);
    return [];
  }

  async #send(url: string, tasks: readonly WireTask[]): Promise<void> {
    for (const task of tasks) {
      await callBack(url, task, this.#stopping.signal).catch((thrown: unknown) =>
        this.#api.logger.info({ jobid: task['id'], reason: toErrorMessage(thrown) }, 'hook failed'),
      );
    }
  }
}
