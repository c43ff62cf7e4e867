import { toErrorMessage } from '../src/shared/errors.ts';
import type { Logger } from '../src/shared/logger.ts';
import { OWN_ACCOUNT_SECRET, readSandboxKey } from './account-to-bring.ts';
import type { Running } from './bot-runner.ts';
import { StandInControls } from './controls/stand-in-controls.ts';
import { Demo } from './demo/demo.ts';
import { type DiscordStandIn, startDiscordStandIn } from './discord/discord-stand-in.ts';
import { type MjStandIn, startMjStandIn } from './mj/mj-stand-in.ts';
import { warmUpFiles } from './page/server/page-files.ts';
import { type Page, startPage } from './page/server/page-server.ts';
import { type SiblingStandIn, type SiblingStandInName, startSiblingStandIn } from './siblings/sibling-stand-in.ts';
import { StandInPageWorld } from './stand-in-page-world.ts';
import { startUseapiStandIn, type UseapiStandIn } from './useapi/useapi-stand-in.ts';
import { connectWire } from './wire-sources.ts';

export interface SandboxOptions {
  readonly hasDiscord: boolean;
  readonly hasUseapi: boolean;
  /** Whether a Midjourney proxy is wanted, as trueai is one; default false. */
  readonly hasMj?: boolean;
  /** Services of useapi.net beside Midjourney that are wanted; default none. */
  readonly services?: readonly SiblingStandInName[];
  /** Where the key is kept with which secrets are encrypted. */
  readonly keyFile: string;
  /** Of the page. */
  readonly port: number;
  readonly logger: Logger;
}

/** The stand-ins that run, and the page where there is one. */
export interface Sandbox {
  readonly discord?: DiscordStandIn;
  readonly useapi?: UseapiStandIn;
  readonly mj?: MjStandIn;
  readonly siblings?: readonly SiblingStandIn[];
  /** The API whose account a server can bring to try it out; where Discord is a stand-in. */
  readonly ownApi?: UseapiStandIn;
  /** As `SECRETS_KEY` takes it; where Discord is a stand-in. */
  readonly secretsKey?: string;
  readonly page?: Page;
  /** Starts the bot; where there is a page, it can restart what `start` gave by calling it anew. */
  runBot(start: () => Promise<Running>): Promise<Running>;
  close(): Promise<void>;
}

/** Starts the stand-ins that are wanted, and the page if Discord's is among them. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { hasDiscord, hasUseapi, hasMj, services = [], keyFile, port, logger } = options;
  const seeds = { seedJobs: true, publishedRecords: false };
  const useapi = hasUseapi ? await startUseapiStandIn({ ...seeds, logger }) : undefined;
  const mj = hasMj === true ? await startMjStandIn({ logger }) : undefined;
  mj?.startTask({ prompt: 'a lighthouse in the fog' });
  const siblings = await Promise.all(services.map((service) => startSiblingStandIn({ service, logger })));
  for (const standIn of siblings) standIn.startJob({ prompt: 'a harbour at dawn, seen from a hill' });
  const discord = hasDiscord ? await startDiscordStandIn() : undefined;
  const ownApi = hasDiscord ? await startUseapiStandIn({ token: OWN_ACCOUNT_SECRET, logger }) : undefined;
  const shown = discord && (await showPage(discord, useapi, port, { isAlive: true, mj, siblings }));
  if (shown !== undefined)
    warmUpFiles().catch((thrown) => logger.warn({ reason: toErrorMessage(thrown) }, 'The page starts cold.'));
  return {
    ...(useapi && { useapi }),
    ...(mj && { mj }),
    siblings,
    ...(discord && { discord, secretsKey: readSandboxKey(keyFile) }),
    ...(ownApi && { ownApi }),
    ...(shown && { page: shown.page }),
    runBot: (start) => shown?.runBot(start) ?? start(),
    async close() {
      await shown?.close();
      await discord?.close();
      for (const standIn of siblings) await standIn.close();
      await mj?.close();
      await ownApi?.close();
      await useapi?.close();
    },
  };
}

/** The page over stand-ins that run, with their controls and wire view. */
export interface ShownPage {
  readonly page: Page;
  readonly controls: StandInControls;
  /** `undefined` where the world does not live. */
  readonly demo: Demo | undefined;
  /** Starts the bot, and once it runs what makes the world live. */
  runBot(start: () => Promise<Running>): Promise<Running>;
  close(): Promise<void>;
}

export interface ShowOptions {
  /**
   * Whether the bot makes a history at its first start and jobs begin by themselves while a page is open; false by
   * default.
   */
  readonly isAlive?: boolean;
  /** The stand-in of a Midjourney proxy, whose calls the wire shows too. */
  readonly mj?: MjStandIn | undefined;
  /** Those of services of useapi.net beside Midjourney, likewise. */
  readonly siblings?: readonly SiblingStandIn[];
}

/** Serves the page for stand-ins that run. */
export async function showPage(
  discord: DiscordStandIn,
  useapi: UseapiStandIn | undefined,
  port: number,
  { isAlive = false, mj, siblings = [] }: ShowOptions = {},
): Promise<ShownPage> {
  const controls = new StandInControls(discord, useapi, mj, siblings);
  const wire = connectWire(discord, useapi, mj, siblings);
  const world = new StandInPageWorld(discord);
  const look = () => controls.carryOut({ order: 'look-now' }).catch(() => undefined);
  const demo = isAlive && useapi !== undefined ? new Demo({ discord, world: useapi.world, look }) : undefined;
  const page = await startPage({
    world,
    port,
    about: toAbout(useapi !== undefined || mj !== undefined || siblings.length > 0),
    steering: { controls, wire },
    onWatched: (isWatched) => demo?.setWatched(isWatched),
  });
  return {
    page,
    controls,
    demo,
    async runBot(start) {
      const bot = await controls.runBot(start);
      void demo?.begin();
      return bot;
    },
    async close() {
      demo?.close();
      await page.close();
      wire.close();
      controls.close();
    },
  };
}

function toAbout(isInvented: boolean): string[] {
  const api = isInvented
    ? 'The API behind the bot is a stand-in too: its jobs and pictures are invented.'
    : 'The API behind the bot is the one that you named: its jobs are real.';
  const own = `To bring an account of the server’s own, use /setup, leave the address empty, and type ${OWN_ACCOUNT_SECRET} as its secret.`;
  return ['This is a stand-in of Discord on your own machine: nothing you do here leaves it.', api, own];
}
