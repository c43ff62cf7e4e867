import { mayShareServer } from '../../backends/accounts/shared-servers.ts';
import type { Config } from '../../config.ts';
import type { CommandsOf } from '../../discord/core/command-registration.ts';
import { type Examination, examine } from '../../doctor/examine.ts';
import { ok, type Section } from '../../doctor/finding.ts';
import { discordWords, doctorNames, reportWords } from '../../doctor/words.ts';
import { systemClock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { silentLogger } from '../../shared/logger.ts';
import { describeHandlers, toCommandsFor } from '../offered-commands.ts';
import { openAccounts } from '../open-accounts.ts';
import { examineApplication } from './examine-application.ts';
import { examineConfigured, listStandIns } from './examine-configured.ts';
import { examineConnections } from './examine-connections.ts';
import { examineStore } from './examine-store.ts';

const LIMIT_MS = 15_000;

/** Looks at all that a start would use, without starting it: reads alone. Never rejects. */
export async function examineAll(config: Config): Promise<readonly Section[]> {
  const accounts = await openReal(config);
  try {
    const examinations = [
      toConfiguration(),
      ...examineDiscord(config, accounts?.configured ?? []),
      ...examineConnections(config),
      // A process that holds connections alone asks no account.
      ...(config.role === 'shard' ? [] : examineConfigured(config, accounts)),
      ...examineStore(config.store),
    ];
    return await examine(examinations, { audience: 'operator', limitMs: LIMIT_MS });
  } finally {
    await accounts?.close();
  }
}

function toConfiguration(): Examination {
  return { topic: 'configuration', what: doctorNames.setup, run: async () => [ok(reportWords.configurationRead)] };
}

/** Undefined where every account is a stand-in's. */
async function openReal(config: Config) {
  const { useapi, mj, ...rest } = config;
  const real = compact({ useapi: useapi === 'sandbox' ? undefined : useapi, mj: mj === 'sandbox' ? undefined : mj });
  if (real.useapi === undefined && real.mj === undefined && config.accounts.length === 0) return undefined;
  return openAccounts({ ...rest, ...real }, { clock: systemClock, logger: silentLogger });
}

type Limited = { readonly guildIds?: readonly string[] };

function examineDiscord(config: Config, real: readonly Limited[]): Examination[] {
  const { discord } = config;
  if (discord === 'sandbox')
    return [{ topic: 'discord', what: doctorNames.token, run: async () => [ok(discordWords.standIn)] }];
  const all = [...real, ...listStandIns(config).map((): Limited => ({}))];
  const handlers = describeHandlers();
  const countFor = (guildId: string) => all.filter(({ guildIds }) => guildIds?.includes(guildId) ?? true).length;
  const hasChoice = (guildId?: string) => (guildId === undefined ? mayShareServer(all) : countFor(guildId) > 1);
  const withOwn = (guildId?: string) => (guildId === undefined ? mayShareServer(all, true) : countFor(guildId) > 0);
  const offers: readonly CommandsOf[] = [hasChoice, withOwn].map((choice) => toCommandsFor(handlers, choice));
  return examineApplication(discord, offers);
}
