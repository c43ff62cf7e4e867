import { isVisibleTo, type Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Presses } from '../../jobs/submissions/presses.ts';
import type { CardPlaces } from '../../notifications/live-cards/card-places.ts';
import type { ButtonMark, ButtonMarks } from './job-buttons.ts';
import type { MarkReader } from './job-cards.ts';

/** Reads who pressed which of a job's buttons in a server, and where the cards of what came of it are. */
export class JobMarks implements MarkReader {
  readonly #presses: Pick<Presses, 'usedButtons'>;
  readonly #places: Pick<CardPlaces, 'linkTo'>;
  readonly #jobs: Pick<JobStore, 'find'>;

  constructor(presses: Pick<Presses, 'usedButtons'>, places: Pick<CardPlaces, 'linkTo'>, jobs: Pick<JobStore, 'find'>) {
    this.#jobs = jobs;
    this.#presses = presses;
    this.#places = places;
  }

  async withOwnChildren(guildId: string, job: Job): Promise<Job> {
    const areOwn = await Promise.all(
      job.children.map(async ({ jobid }) => {
        const child = jobid === undefined ? undefined : (await this.#jobs.find(jobid)).job;
        return child === undefined || isVisibleTo(child, guildId);
      }),
    );
    return areOwn.every(Boolean) ? job : { ...job, children: job.children.filter((_child, at) => areOwn[at]) };
  }

  async of(guildId: string, ref: string): Promise<ButtonMarks> {
    const marks = new Map<string, ButtonMark>();
    for (const [label, { by, childRef, isWaiting }] of await this.#presses.usedButtons(ref, guildId)) {
      const link = childRef === undefined ? undefined : await this.#places.linkTo(guildId, childRef);
      marks.set(label, { by, isWaiting, ...(childRef !== undefined && { childRef }), ...(link && { link }) });
    }
    return marks;
  }
}
