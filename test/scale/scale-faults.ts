import { systemClock } from '../../src/shared/clock.ts';
import type { FleetBot } from './fleet-bot.ts';
import type { ScaleWorld } from './scale-world.ts';

/** What can happen on any server of PostgreSQL. */
export const faultKinds = [
  'kill-working',
  'hand-over',
  'stop',
  'silent',
  'kill-any',
  'refuse',
  'cut',
  'halve',
  'kill-all',
  'click-and-kill',
  'click-and-stop',
] as const;
/** What can happen to servers of the test's own alone. */
export const clusterFaultKinds = ['restart', 'promote', 'full'] as const;
/** What can happen where connections are in processes of their own. */
export const gatewayFaultKinds = ['kill-holder', 'stop-holder', 'hand-over-shards'] as const;
const allKinds = [...faultKinds, ...clusterFaultKinds, ...gatewayFaultKinds];
export type FaultKind = (typeof allKinds)[number];

/** How long a lease lasts after it was renewed last. */
const LEASE_MS = 10_000;
/** From the end of the lease to when the next process works. */
const BEGIN_MS = 5_000;
/** For the one that stops to end what it does. */
const STOP_MS = 2_000;
/** Within which a button is clicked twice. */
const TWICE_MS = 50;
const FULL_MS = 6_000;

export interface Scene {
  readonly world: ScaleWorld;
  readonly random: () => number;
  /** A member clicks a button that costs and was not clicked before; returns what clicks it again. */
  click(): () => void;
}

/** What goes on after the fault, such as a process that wakes up. */
type Aftermath = () => Promise<void>;

/** Has it happen; resolves when somebody can be at work again. */
export function inflict(kind: FaultKind, scene: Scene): Promise<Aftermath> {
  return faults[kind](scene);
}

/**
 * Milliseconds within which work has to go on after it, where so many processes can work: a lease and five seconds.
 * Nobody waits for the lease where the process was stopped and another one can take its place.
 * @param startMs How long a process takes to start here: where that is more than five seconds, the machine is slow
 */
export function toLimitMs(kind: FaultKind, processes: number, startMs: number): number {
  const isHandedOver = (kind === 'hand-over' && processes > 1) || kind === 'hand-over-shards';
  return (isHandedOver ? STOP_MS : LEASE_MS) + Math.max(BEGIN_MS, startMs);
}

/** Whether it is people who notice it, and not work. */
export function isOfGateway(kind: FaultKind): boolean {
  return gatewayFaultKinds.some((one) => one === kind);
}

const nothing: Aftermath = () => Promise.resolve();

const faults: Readonly<Record<FaultKind, (scene: Scene) => Promise<Aftermath>>> = {
  async 'kill-working'({ world }) {
    (await world.working()).bot?.signal('SIGKILL');
    return nothing;
  },
  async 'hand-over'({ world }) {
    (await world.working()).bot?.signal('SIGTERM');
    return nothing;
  },
  async 'kill-any'({ world, random }) {
    world.bots[Math.floor(random() * world.bots.length)]?.signal('SIGKILL');
    return nothing;
  },
  async 'kill-all'({ world }) {
    for (const bot of world.bots) bot.signal('SIGKILL');
    return nothing;
  },
  async stop({ world, random }) {
    return putToSleep(world, random, (await world.working()).bot);
  },
  async silent({ world }) {
    world.database.proxy.fallSilent();
    return nothing;
  },
  async refuse({ world, random }) {
    world.database.proxy.refuse();
    await systemClock.sleep(2_000 + random() * LEASE_MS);
    world.database.proxy.accept();
    return nothing;
  },
  async cut({ world }) {
    world.database.proxy.cut();
    return nothing;
  },
  async halve({ world }) {
    world.database.proxy.halve();
    return nothing;
  },
  async 'click-and-kill'({ world, random, click }) {
    const { bot } = await world.working();
    const again = await clickTwice(random, click);
    bot?.signal('SIGKILL');
    return async () => again();
  },
  async 'click-and-stop'({ world, random, click }) {
    const { bot } = await world.working();
    const again = await clickTwice(random, click);
    const wakeUp = await putToSleep(world, random, bot);
    return async () => {
      again();
      await wakeUp();
    };
  },
  async 'kill-holder'({ world }) {
    (await world.holder())?.signal('SIGKILL');
    return nothing;
  },
  async 'stop-holder'({ world, random }) {
    return putToSleep(world, random, await world.holder());
  },
  async 'hand-over-shards'({ world }) {
    (await world.holder())?.signal('SIGTERM');
    return nothing;
  },
  async restart({ world }) {
    await world.database.cluster?.restart();
    return nothing;
  },
  async promote({ world }) {
    await world.database.promote();
    return nothing;
  },
  async full({ world, random }) {
    world.database.cluster?.fill();
    await systemClock.sleep(FULL_MS * (1 + random()));
    await world.database.cluster?.free();
    return nothing;
  },
};

/** For longer than its lease lasts; where it is the only one, it is awake again afterwards. */
async function putToSleep(world: ScaleWorld, random: () => number, bot: FleetBot | undefined): Promise<Aftermath> {
  bot?.signal('SIGSTOP');
  const asleep = systemClock.sleep(LEASE_MS * (1.2 + random()));
  if (bot === undefined || world.bots.length > 1) return () => asleep.then(() => wake(world, bot));
  await asleep;
  bot.signal('SIGCONT');
  return nothing;
}

/** Another one is at work: it has to end by itself. */
async function wake(world: ScaleWorld, bot: FleetBot | undefined): Promise<void> {
  if (bot === undefined) return;
  const { name } = bot;
  bot.signal('SIGCONT');
  await world.until(`${name}, which slept, to end`, () => bot.name !== name);
}

/** Resolves at a moment at which the first click may be anywhere on its way. */
async function clickTwice(random: () => number, click: () => () => void): Promise<() => void> {
  const again = click();
  await systemClock.sleep(random() * TWICE_MS);
  again();
  await systemClock.sleep(random() * TWICE_MS);
  return again;
}
