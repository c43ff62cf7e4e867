import { Client, type ClientOptions, Events, GatewayIntentBits, type Interaction, REST } from 'discord.js';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../sandbox/discord/discord-stand-in.ts';
import { checkAnswer } from '../../../sandbox/discord/rules/answer-rules.ts';
import type { ResponseCheck } from '../../../sandbox/discord/rules/payload-check.ts';
import { sandboxIds } from '../../../sandbox/discord/world/world-plan.ts';

/** A stand-in with the real discord.js logged in to it. */
export interface RealBot extends AsyncDisposable {
  readonly discord: DiscordStandIn;
  readonly client: Client<true>;
  /** Everything that was thrown in handlers. */
  readonly thrown: unknown[];
  /** Answers of the stand-in that do not fit what Discord publishes. */
  readonly misfits: string[];
  on(handler: (interaction: Interaction) => Promise<unknown>): void;
  /** Resolves when all handlers that have begun are through. */
  idle(): Promise<void>;
}

export async function startRealBot(
  options: DiscordStandInOptions = {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<RealBot> {
  const misfits: string[] = [];
  const checkResponse: ResponseCheck = (route, status, body) => {
    for (const { code, path, message } of checkAnswer(route, body, status)) {
      if (code !== 'ROUTE_UNKNOWN') misfits.push(`${route} ${status}: ${path} ${code} ${message}`);
    }
  };
  const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 30_000, checkResponse, ...options });
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: discord.apiUrl, retries: 0 },
    ...clientOptions,
  });
  const thrown: unknown[] = [];
  const running = new Set<Promise<unknown>>();
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return {
    discord,
    client: client as Client<true>,
    thrown,
    misfits,
    on: (handler) => {
      client.removeAllListeners(Events.InteractionCreate);
      client.on(Events.InteractionCreate, (interaction) => {
        const run = handler(interaction)
          .catch((error: unknown) => thrown.push(error))
          .finally(() => running.delete(run));
        running.add(run);
      });
    },
    idle: async () => {
      await Promise.all(running);
    },
    [Symbol.asyncDispose]: async () => {
      await client.destroy();
      await discord.close();
    },
  };
}

/** The code and status of a refused request, for assertions. */
export async function refusalOf(promise: Promise<unknown>): Promise<{ code: unknown; status: unknown }> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { code, status } = (thrown ?? {}) as { code?: unknown; status?: unknown };
  return { code, status };
}

/** The bot's REST without a gateway. */
export function restOf(discord: DiscordStandIn): REST {
  return new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.token);
}

/** Gives the bot a permission more in its server; returns how to take it back. */
export function allow({ world }: DiscordStandIn, permission: bigint): () => void {
  const before = world.guilds.get(sandboxIds.guild)?.roles.get(sandboxIds.botRole)?.permissions ?? '0';
  const permissions = (BigInt(before) | permission).toString();
  world.updateRole(sandboxIds.guild, sandboxIds.botRole, { permissions });
  return () => world.updateRole(sandboxIds.guild, sandboxIds.botRole, { permissions: before });
}
