import type { Logger } from '../../src/shared/logger.ts';
import type { StandInContext } from '../midjourney/http.ts';
import type { Pictures } from '../midjourney/pictures.ts';
import type { MjWorld } from './mj-switches.ts';
import type { Modals } from './modals.ts';

/** What all routes share. */
export interface MjContext extends StandInContext {
  readonly world: MjWorld;
  readonly secret: string;
  readonly pictures: Pictures;
  readonly modals: Modals;
  readonly logger: Logger;
}
