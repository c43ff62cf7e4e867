import type { FaultAction } from '../midjourney/faults.ts';
import type { JobChange } from '../midjourney/sandbox-job.ts';
import type { ApiControls, ApiTrouble, ControlOrder } from '../page/server/page-controls.ts';
import type { UseapiStandIn } from '../useapi/useapi-stand-in.ts';
import { toControlJobs } from './control-jobs.ts';

/** `mj` is started elsewhere. */
export type ApiOrder = Extract<
  ControlOrder,
  { order: 'start-job' | 'end-job' | 'set-slots' | 'set-speed' | 'set-api' }
>;

/** All calls of the API, v1 to v3; the pictures stay. */
const API_PATHS = '/v';
const DEFAULT_SLOTS = 3;

const FAULTS: Partial<Readonly<Record<ApiTrouble, FaultAction>>> = {
  down: { kind: 'cut', after: 'before-response' },
  error: { kind: 'status', status: 500, body: { error: 'Internal Server Error' } },
  slow: { kind: 'delay', ms: 4_000 },
  'rate-limited': {
    kind: 'status',
    status: 429,
    body: { error: 'API query limit exceeded' },
    headers: { 'retry-after': '10' },
  },
  garbage: { kind: 'garbage' },
};

/** The part of the page's controls that steers the stand-in of the API. */
export class UseapiControls {
  readonly #standIn: UseapiStandIn;
  #trouble: ApiTrouble = 'normal';
  #endFault: () => void = () => undefined;

  constructor(standIn: UseapiStandIn) {
    this.#standIn = standIn;
  }

  state(): ApiControls {
    const { world } = this.#standIn;
    return {
      trouble: this.#trouble,
      speed: this.speed(),
      slots: world.listChannels()[0]?.maxJobs ?? DEFAULT_SLOTS,
      jobs: toControlJobs(world.list(), ({ version }) => version),
    };
  }

  /** How much faster jobs are than real ones; 0: they stand still. */
  speed(): number {
    return this.#standIn.world.speed;
  }

  hasJob(jobid: string): boolean {
    return this.#standIn.world.find(jobid) !== undefined;
  }

  carryOut(order: ApiOrder): void {
    const { world } = this.#standIn;
    switch (order.order) {
      case 'start-job':
        if (order.version !== 'v3' && order.version !== 'v2') throw new Error('This API has v3 and v2.');
        world.startJob({ version: order.version, jobType: order.jobType, prompt: order.prompt });
        return;
      case 'end-job':
        world.advance(order.jobid, { to: order.to } satisfies JobChange);
        return;
      case 'set-slots':
        world.setMaxJobs(order.slots);
        return;
      case 'set-speed':
        world.setSpeed(order.speed);
        return;
      case 'set-api':
        this.#setTrouble(order.trouble);
        return;
    }
  }

  reset(): void {
    const { world } = this.#standIn;
    this.#setTrouble('normal');
    world.setSpeed(1);
    world.setMaxJobs(DEFAULT_SLOTS);
  }

  #setTrouble(trouble: ApiTrouble): void {
    const { world, faults } = this.#standIn;
    this.#endFault();
    const action = FAULTS[trouble];
    this.#endFault = action === undefined ? () => undefined : faults.add({ match: { path: API_PATHS }, action });
    world.setSubscription(trouble === 'unpaid' ? 'expired' : 'active');
    world.setSwitches({ service: trouble === 'ended' ? 'html' : 'normal' });
    for (const { apiChannel } of world.listChannels()) {
      if (trouble === 'blocked') world.blockChannel(apiChannel);
      else world.resetChannel(apiChannel);
    }
    this.#trouble = trouble;
  }
}
