import { compact } from '../shared/compact.ts';
import { type Check, toCheckLine } from './check.ts';
import type { Page, Pages } from './health-server.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { LoopWatch } from './loop-watch.ts';
import { healthWords } from './words.ts';

export interface HealthPagesOptions {
  readonly lifecycle: Pick<Lifecycle, 'phase' | 'forMs'>;
  readonly loop: Pick<LoopWatch, 'recentBlock'>;
  /** Asked only while the bot runs. */
  checks(): Promise<readonly Check[]>;
  /** Default: there is no such page. */
  readonly metrics?: () => Promise<Page>;
}

/** Stopping takes less by plan; after this the process is to be killed. */
const STOP_LIMIT_MS = 20_000;
const NOT_RUNNING = {
  starting: healthWords.starting,
  'standing-by': healthWords.standingBy,
  stopping: healthWords.stopping,
};

/** `/livez`: is the process alive, or to be killed? `/readyz`: can it do its work? `/metrics`: how it does it. */
export function toHealthPages(options: HealthPagesOptions): Pages {
  return {
    '/livez': async () => toLivez(options),
    '/readyz': () => toReadyz(options),
    ...compact({ '/metrics': options.metrics }),
  };
}

function toLivez({ lifecycle, loop }: HealthPagesOptions): Page {
  const { phase, forMs } = lifecycle;
  const block = loop.recentBlock();
  if (phase === 'stopping' && forMs > STOP_LIMIT_MS) return toPage(503, [healthWords.stopsTooLong(forMs)]);
  if (block !== undefined) return toPage(503, [healthWords.wasBlocked(block.ms, block.agoMs)]);
  return toPage(200, [healthWords.ok]);
}

async function toReadyz({ lifecycle, checks }: HealthPagesOptions): Promise<Page> {
  const { phase } = lifecycle;
  if (phase !== 'running') return toPage(503, [NOT_RUNNING[phase]]);
  const all = await checks();
  return toPage(all.every(({ ok }) => ok) ? 200 : 503, all.map(toCheckLine));
}

function toPage(status: number, lines: readonly string[]): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` };
}
