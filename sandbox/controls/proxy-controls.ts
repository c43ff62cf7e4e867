import { compact } from '../../src/shared/compact.ts';
import type { FaultAction } from '../midjourney/faults.ts';
import type { MjStandIn } from '../mj/mj-stand-in.ts';
import { defaultMjSwitches } from '../mj/mj-switches.ts';
import type { ControlOrder, ProxySettings, ProxyControls as ProxyState } from '../page/server/page-controls.ts';
import { toControlJobs } from './control-jobs.ts';

type ProxyOrder = Extract<ControlOrder, { order: 'start-job' | 'end-job' | 'set-speed' | 'set-proxy' }>;

/** All calls but those for files. */
const CALLS = '^/mj/(?:task|submit)/';
const LATE_MS = 60_000;

const FAULTS: Readonly<Record<ProxySettings['trouble'], FaultAction | undefined>> = {
  normal: undefined,
  down: { kind: 'cut', after: 'before-response' },
  error: { kind: 'status', status: 500, body: { code: 500, description: '系统异常' } },
  slow: { kind: 'delay', ms: 4_000 },
  garbage: { kind: 'garbage' },
};

const USUAL: ProxySettings = {
  flavour: 'trueai',
  trouble: 'normal',
  submits: 'accepted',
  secondStep: 'needy',
  files: 'at-once',
  progress: 'percent',
  longPrompts: 'end',
  account: 'ready',
  cancel: 'works',
};

/** The part of the page's controls that steers the stand-in of a Midjourney proxy. */
export class ProxyControls {
  readonly #standIn: MjStandIn;
  #settings: ProxySettings;
  #endFault: () => void = () => undefined;

  constructor(standIn: MjStandIn) {
    this.#standIn = standIn;
    this.#settings = { ...USUAL, flavour: standIn.world.switches.flavour };
  }

  state(): ProxyState {
    const { world } = this.#standIn;
    return { settings: this.#settings, speed: this.speed(), jobs: toControlJobs(world.list(), () => 'mj') };
  }

  /** How much faster jobs are than real ones; 0: they stand still. */
  speed(): number {
    return this.#standIn.world.speed;
  }

  hasJob(jobid: string): boolean {
    return this.#standIn.world.find(jobid) !== undefined;
  }

  carryOut(order: ProxyOrder): void {
    const { world } = this.#standIn;
    switch (order.order) {
      case 'start-job':
        this.#standIn.startTask({ jobType: order.jobType, prompt: order.prompt });
        return;
      case 'end-job':
        world.advance(order.jobid, { to: order.to });
        return;
      case 'set-speed':
        world.setSpeed(order.speed);
        return;
      case 'set-proxy':
        this.#set({ ...this.#settings, ...compact(order.settings) });
        return;
    }
  }

  /** All but the flavour, which is what the server is and no trouble of it. */
  reset(): void {
    this.#set({ ...USUAL, flavour: this.#settings.flavour });
    this.#standIn.world.setSpeed(1);
  }

  #set(settings: ProxySettings): void {
    const { trouble, files, progress, ...switches } = settings;
    const { world, faults } = this.#standIn;
    this.#endFault();
    const action = FAULTS[trouble];
    this.#endFault = action === undefined ? () => undefined : faults.add({ match: { path: CALLS }, action });
    world.setSwitches({
      ...switches,
      mediaLateMs: files === 'late' ? LATE_MS : defaultMjSwitches.mediaLateMs,
      progress: progress === 'percent' ? 'percent' : 'missing',
      staysSubmitted: progress === 'stays-submitted',
    });
    this.#settings = settings;
  }
}
