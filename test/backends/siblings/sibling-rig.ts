import {
  type SiblingStandIn,
  type SiblingStandInOptions,
  startSiblingStandIn,
} from '../../../sandbox/siblings/sibling-stand-in.ts';
import { SiblingBackend, type SiblingBackendOptions } from '../../../src/backends/siblings/sibling-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

/** A service's stand-in, and the backend in front of it. */
export interface SiblingRig {
  readonly standIn: SiblingStandIn;
  readonly backend: SiblingBackend;
  close(): Promise<void>;
}

/** Jobs stand still, and nothing is retried. */
export async function startSiblingRig(
  standInOptions: SiblingStandInOptions,
  options: Partial<SiblingBackendOptions> = {},
): Promise<SiblingRig> {
  const standIn = await startSiblingStandIn({ speed: 0, ...standInOptions });
  const { service, url: baseUrl, token } = standIn;
  const tools = { clock: systemClock, logger: silentLogger, maxRetries: 0 };
  const backend = new SiblingBackend({ ...tools, service, baseUrl, token, ...options });
  return {
    standIn,
    backend,
    async close() {
      await backend.close();
      await standIn.close();
    },
  };
}
