import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';

export interface BuildOptions {
  /** Ends what is being built: it gives back what it holds, and rejects with the signal's reason. */
  readonly abandoned?: AbortSignal | undefined;
  readonly logger: Logger;
}

/** Builds something whose parts are deferred onto a stack; where that fails, or is abandoned, they are disposed. */
export async function buildOnto<T>(
  build: (stack: AsyncDisposableStack) => Promise<T>,
  { abandoned, logger }: BuildOptions,
): Promise<T> {
  const stack = new AsyncDisposableStack();
  const settled = new AbortController();
  try {
    return await Promise.race([build(stack), rejectWhen(abandoned, settled.signal)]);
  } catch (thrown) {
    // Why it was not built is to be heard, and not what came of that.
    await stack.disposeAsync().catch((later: unknown) => {
      logger.warn({ reason: toErrorMessage(later) }, 'Not everything could be ended in order.');
    });
    throw thrown;
  } finally {
    settled.abort();
  }
}

function rejectWhen(abandoned: AbortSignal | undefined, settled: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (abandoned?.aborted === true) reject(abandoned.reason);
  abandoned?.addEventListener('abort', () => reject(abandoned.reason), { signal: settled });
  return promise;
}
