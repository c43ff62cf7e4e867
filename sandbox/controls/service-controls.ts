import type { ControlOrder, ServiceControls as ServiceState } from '../page/server/page-controls.ts';
import type { SiblingStandIn } from '../siblings/sibling-stand-in.ts';
import { toControlJobs } from './control-jobs.ts';

type JobOrder = Extract<ControlOrder, { order: 'start-job' | 'end-job' }>;

/** The part of the page's controls that steers the stand-in of a service of useapi.net beside Midjourney. */
export class ServiceControls {
  readonly #standIn: SiblingStandIn;

  constructor(standIn: SiblingStandIn) {
    this.#standIn = standIn;
  }

  state(): ServiceState {
    const { service, world } = this.#standIn;
    // The bot's account at a service is called like the service.
    const jobs = toControlJobs(world.list(), () => service).map((job) => ({
      ...job,
      botJobid: `${service}/${job.jobid}`,
    }));
    return { service, speed: world.speed, jobs };
  }

  /** Whether the order is about a job of this service. */
  isMeant(order: JobOrder): boolean {
    const { service, world } = this.#standIn;
    return order.order === 'start-job' ? order.version === service : world.find(order.jobid) !== undefined;
  }

  carryOut(order: JobOrder): void {
    const { world } = this.#standIn;
    if (order.order === 'end-job') world.advance(order.jobid, { to: order.to });
    else this.#standIn.startJob({ jobType: order.jobType, prompt: order.prompt });
  }

  /** How much faster jobs are than real ones; 0: they stand still. */
  setSpeed(speed: number): void {
    this.#standIn.world.setSpeed(speed);
  }
}
