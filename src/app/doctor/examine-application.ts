import { DiscordAPIError, HTTPError, REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordConfig } from '../../config.ts';
import { compareCommands } from '../../discord/core/command-differences.ts';
import { type CommandsOf, toRoute } from '../../discord/core/command-registration.ts';
import {
  checkCommands,
  checkIntents,
  checkRefusedLogin,
  checkServer,
  checkSessionStarts,
} from '../../doctor/discord-checks.ts';
import type { Examination } from '../../doctor/examine.ts';
import { type Finding, ok } from '../../doctor/finding.ts';
import { discordWords, doctorNames } from '../../doctor/words.ts';

const TIMEOUT_MS = 8_000;
const User = z.object({ username: z.string() });
const Application = z.object({ id: z.string(), flags: z.number().default(0) });
const GatewayBot = z.object({
  session_start_limit: z.object({ total: z.number(), remaining: z.number(), reset_after: z.number() }),
});

/** Reads, and changes nothing. */
interface Reader {
  get(route: `/${string}`): Promise<unknown>;
}

/**
 * The application at Discord, without logging in to the gateway. What needs the token is left out where Discord does
 * not take it.
 */
export function examineApplication(config: DiscordConfig, offers: readonly CommandsOf[]): Examination[] {
  const rest = new REST({ version: '10', api: config.apiUrl, retries: 0, timeout: TIMEOUT_MS }).setToken(config.token);
  const login = readLogin(rest);
  const whenAccepted = (what: string, run: (applicationId: string) => Promise<readonly Finding[]>): Examination => ({
    topic: 'discord',
    what,
    run: async () => ((await login).isAccepted ? run(await readApplicationId(rest)) : []),
  });
  const places = config.guildIds === 'all' ? [undefined] : config.guildIds;
  return [
    { topic: 'discord', what: doctorNames.token, run: async () => [(await login).finding] },
    whenAccepted(doctorNames.intents, async () => [await examineIntents(rest)]),
    whenAccepted(doctorNames.logins, async () => [await examineSessions(rest)]),
    ...places.map((guildId) =>
      whenAccepted(guildId ?? doctorNames.commands, (id) => examinePlace(rest, id, guildId, offers)),
    ),
  ];
}

async function readLogin(rest: Reader): Promise<{ readonly isAccepted: boolean; readonly finding: Finding }> {
  try {
    const { username } = User.parse(await rest.get(Routes.user()));
    return { isAccepted: true, finding: ok(discordWords.loggedIn(username)) };
  } catch (thrown) {
    return { isAccepted: false, finding: checkRefusedLogin(toStatus(thrown)) };
  }
}

async function readApplicationId(rest: Reader): Promise<string> {
  return Application.parse(await rest.get(Routes.currentApplication())).id;
}

async function examineIntents(rest: Reader): Promise<Finding> {
  return checkIntents(String(Application.parse(await rest.get(Routes.currentApplication())).flags));
}

async function examineSessions(rest: Reader): Promise<Finding> {
  const { session_start_limit: limit } = GatewayBot.parse(await rest.get(Routes.gatewayBot()));
  return checkSessionStarts({ total: limit.total, remaining: limit.remaining, resetAfterMs: limit.reset_after });
}

/** One server that is configured, or all. */
async function examinePlace(
  rest: Reader,
  applicationId: string,
  guildId: string | undefined,
  offers: readonly CommandsOf[],
): Promise<readonly Finding[]> {
  if (guildId !== undefined) {
    const server = checkServer(guildId, await readServerStatus(rest, guildId));
    if (server.mark !== 'ok') return [server];
    return [server, await examineCommands(rest, applicationId, guildId, offers)];
  }
  return [await examineCommands(rest, applicationId, undefined, offers)];
}

/** Undefined where the bot is in it. */
async function readServerStatus(rest: Reader, guildId: string): Promise<number | undefined> {
  try {
    await rest.get(Routes.guild(guildId));
    return undefined;
  } catch (thrown) {
    const status = toStatus(thrown);
    if (status === undefined) throw thrown;
    return status;
  }
}

/** A server may have brought an account of its own, so that either offer is right. */
async function examineCommands(
  rest: Reader,
  applicationId: string,
  guildId: string | undefined,
  offers: readonly CommandsOf[],
): Promise<Finding> {
  const answer = await rest.get(toRoute(applicationId, guildId));
  const where = guildId === undefined ? undefined : discordWords.server(guildId);
  const found = offers.map((offer) => {
    const wanted = offer(guildId).map(({ data }) => data);
    return checkCommands(compareCommands(answer, wanted), 'operator', where);
  });
  const [first = ok(discordWords.commands.registered(where))] = found;
  return found.find(({ mark }) => mark === 'ok') ?? first;
}

function toStatus(thrown: unknown): number | undefined {
  return thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : undefined;
}
