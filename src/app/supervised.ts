import type { Config } from '../config.ts';
import type { Lifecycle } from '../health/lifecycle.ts';
import type { Logger } from '../shared/logger.ts';

export interface SupervisedOptions {
  readonly config: Pick<Config, 'supervisor'>;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
}

/** Says to the supervisor how the process is, where one has started it. */
export async function openSupervisor(
  stack: AsyncDisposableStack,
  { config, ...own }: SupervisedOptions,
): Promise<void> {
  if (config.supervisor === undefined) return;
  const { Supervisor } = await import('../health/supervisor.ts');
  const supervisor = new Supervisor({ ...config.supervisor, ...own });
  stack.defer(() => supervisor.close());
}
