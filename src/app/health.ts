import type { Lifecycle } from '../health/lifecycle.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { AppConfig } from './app-config.ts';
import type { Parts } from './build-parts.ts';
import type { CallObserver } from './open-accounts.ts';
import type { Outside } from './outside.ts';
import type { PostObserver } from './post-observer.ts';

export interface HealthOptions {
  readonly config: Pick<AppConfig, 'health' | 'pollIntervalMs'>;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What watches the bot for whoever runs it; where nothing is to be served, none of it does anything. */
export interface Health {
  readonly url?: string;
  readonly onCall?: CallObserver['onCall'];
  readonly onPost?: PostObserver;
  /** The same, in a wrapping that is looked at. */
  observe(outside: Outside): Outside;
  /** To be called before anything runs. */
  connect(parts: Parts): void;
}

export const NOTHING_WATCHED: Health = {
  observe: (outside) => outside,
  connect: () => undefined,
};
