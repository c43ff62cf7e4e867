import { rotateReplyKeys } from './app/rotate-reply-keys.ts';
import { explainStore } from './app/store-problem.ts';
import { ConfigError, loadConfig, readEnvironment } from './config.ts';
import { systemClock } from './shared/clock.ts';
import { AppError, toErrorMessage } from './shared/errors.ts';
import { createLogger } from './shared/logger.ts';

/** `npm run new-reply-keys`: also while the bot runs. */
async function main(): Promise<void> {
  const { store } = loadConfig(readEnvironment());
  await rotateReplyKeys(store, { clock: systemClock, logger: createLogger('warn') }).catch((thrown: unknown) => {
    throw explainStore(thrown, store);
  });
  process.stdout.write('New jobs get new addresses within ten seconds. Those of jobs that run are good for a day.\n');
}

main().catch((thrown: unknown) => {
  const isOwn = thrown instanceof ConfigError || thrown instanceof AppError;
  process.stderr.write(`${isOwn ? thrown.message : `It failed: ${toErrorMessage(thrown)}`}\n`);
  process.exitCode = 1;
});
