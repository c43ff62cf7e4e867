import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import { describeAdding, describeHandling, describeRetrying } from './queue-contract-basics.ts';
import { describeSteps } from './queue-contract-clock.ts';
import { describeRepeating, describeStopping } from './queue-contract-lifecycle.ts';
import { describeGroups, describeLeases } from './queue-contract-sharing.ts';
import { describeTenants } from './queue-contract-tenants.ts';
import { type QueueEngine, World } from './queue-world.ts';

/** What every engine must do. */
export function describeQueueContract(engine: QueueEngine): void {
  let world: World;
  beforeEach(async () => {
    world = new World(await engine.createStore());
  });
  afterEach(() => world.end());
  afterAll(() => engine.end?.());
  describe('adding', () => describeAdding(() => world));
  describe('handling', () => describeHandling(() => world));
  describe('retrying', () => describeRetrying(() => world));
  describe('groups', () => describeGroups(() => world));
  describe('tenants', () => describeTenants(() => world));
  describe('leases', () => describeLeases(() => world));
  describe('repeating', () => describeRepeating(() => world));
  describe('a clock that is set back', () => describeSteps(() => world));
  describe('stopping', () => describeStopping(() => world));
}
