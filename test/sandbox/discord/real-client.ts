import { Client, type ClientOptions, Events, GatewayIntentBits, type Interaction, REST } from 'discord.js';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../src/sandbox/discord/discord-stand-in.ts';

/** A stand-in with the real discord.js logged in to it. */
export interface RealBot extends AsyncDisposable {
  readonly discord: DiscordStandIn;
  readonly client: Client<true>;
  /** Everything that was thrown in handlers. */
  readonly thrown: unknown[];
  on(handler: (interaction: Interaction) => Promise<unknown>): void;
}

export async function startRealBot(
  options: DiscordStandInOptions = {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<RealBot> {
  const discord = await startDiscordStandIn({ limits: 'off', patienceMs: 5_000, ...options });
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: discord.apiUrl, retries: 0 },
    ...clientOptions,
  });
  const thrown: unknown[] = [];
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return {
    discord,
    client: client as Client<true>,
    thrown,
    on: (handler) => {
      client.removeAllListeners(Events.InteractionCreate);
      client.on(Events.InteractionCreate, (interaction) => {
        handler(interaction).catch((error: unknown) => thrown.push(error));
      });
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
