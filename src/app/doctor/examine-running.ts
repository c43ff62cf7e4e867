import { countConnections } from '../../discord/core/gateway-connections.ts';
import { checkCommands, checkConnection } from '../../doctor/discord-checks.ts';
import { type Examination, examine } from '../../doctor/examine.ts';
import type { Section } from '../../doctor/finding.ts';
import { checkSetup } from '../../doctor/server-checks.ts';
import { checkRunningStore, checkTicks } from '../../doctor/store-checks.ts';
import { doctorNames } from '../../doctor/words.ts';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { AppError } from '../../shared/errors.ts';
import type { Store } from '../../storage/contract.ts';
import type { DoctorOptions } from './doctor-options.ts';
import { examineAccounts } from './examine-accounts.ts';
import { examineChannels, readSetup } from './examine-server.ts';

/** Shorter than the patience of whoever waits. */
const LIMIT_MS = 8_000;

/** Looks at all that concerns a server, while the bot runs. */
export function examineRunning(options: DoctorOptions, guildId: string): Promise<readonly Section[]> {
  const { outside, writeStore, clock } = options;
  const examinations = [
    ...examineDiscord(options, guildId),
    ...examineAccounts(options, guildId),
    examineStore(outside.store, writeStore, clock),
    examineQueue(options),
  ];
  return examine(examinations, { audience: 'server', limitMs: LIMIT_MS });
}

function examineDiscord(options: DoctorOptions, guildId: string): Examination[] {
  const { bot } = options;
  const { ping } = bot.client.ws;
  const pingMs = ping >= 0 ? Math.round(ping) : undefined;
  return [
    { topic: 'configuration', what: doctorNames.setup, run: async () => checkSetup(await readSetup(options, guildId)) },
    {
      topic: 'discord',
      what: doctorNames.gateway,
      run: async () => [checkConnection({ ...countConnections(bot.client), ...compact({ pingMs }) })],
    },
    { topic: 'discord', what: doctorNames.channels, run: () => examineChannels(options, guildId) },
    {
      topic: 'discord',
      what: doctorNames.commands,
      run: async () => [checkCommands(await bot.compareCommands(guildId), 'server')],
    },
  ];
}

function examineStore(store: Pick<Store, 'lastFailure'>, write: () => Promise<void>, clock: Clock): Examination {
  const run = async () => {
    const problem = await write().then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof AppError ? thrown.code : 'unknown'),
    );
    const failure = store.lastFailure;
    const lastFailure = failure && { code: failure.code, agoMs: Math.max(0, clock.now() - failure.at) };
    return [checkRunningStore(compact({ problem, lastFailure }), 'server')];
  };
  return { topic: 'store', what: doctorNames.store, run };
}

/** What waits in the queue is of all servers: to one of them it is said only whether the API is looked at. */
function examineQueue({ queue }: Pick<DoctorOptions, 'queue'>): Examination {
  const run = async () => [checkTicks((await queue.stats()).get('poll')?.oldestWaitingMs)];
  return { topic: 'queue', what: doctorNames.queue, run };
}
