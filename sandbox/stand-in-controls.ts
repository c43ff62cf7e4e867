import { BotRunner, type Running } from './bot-runner.ts';
import { Permission } from './discord/discord-numbers.ts';
import type { DiscordStandIn } from './discord/discord-stand-in.ts';
import type { RestFault } from './discord/faults.ts';
import { HurriedLooks } from './hurried-looks.ts';
import type { Ability, ControlOrder, ControlsState, PageControls, RestTrouble } from './page/server/page-controls.ts';
import type { UseapiStandIn } from './useapi/useapi-stand-in.ts';
import { UseapiControls } from './useapi-controls.ts';

const BITS: Readonly<Record<Ability, bigint>> = {
  see: Permission.ViewChannel,
  write: Permission.SendMessages | Permission.SendMessagesInThreads,
  attach: Permission.AttachFiles,
};

const REST_FAULTS: Readonly<Record<Exclude<RestTrouble, 'normal'>, RestFault>> = {
  down: { kind: 'status', status: 503 },
  slow: { kind: 'delay', ms: 2_000 },
  'rate-limited': { kind: 'rate-limit', retryAfterMs: 3_000 },
};

/** The page's controls, carried out on the stand-ins and the bot. */
export class StandInControls implements PageControls {
  readonly #discord: DiscordStandIn;
  readonly #api: UseapiControls | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #closedDms = new Set<string>();
  readonly #stop: readonly (() => void)[];
  readonly #looks = new HurriedLooks(() => this.#look());
  #bot: BotRunner | undefined;
  #rest: RestTrouble = 'normal';
  #endRestTrouble: () => void = () => undefined;
  #isGatewayDown = false;
  #blockedWords: readonly string[] = [];

  constructor(discord: DiscordStandIn, useapi: UseapiStandIn | undefined) {
    this.#discord = discord;
    this.#api = useapi && new UseapiControls(useapi);
    const stopDiscord = discord.world.subscribe((change) => {
      if (change.kind === 'bot-presence' || change.kind === 'channel-updated') this.#tell();
    });
    const stopApi = useapi?.world.onChange(() => this.#tell());
    this.#stop = stopApi === undefined ? [stopDiscord] : [stopDiscord, stopApi];
  }

  /** Starts the bot and keeps hold of it, so that the page can restart it. */
  async runBot(start: () => Promise<Running>): Promise<Running> {
    const bot = new BotRunner(start, () => this.#tell());
    this.#bot = bot;
    await bot.start();
    return bot;
  }

  state(): ControlsState {
    return {
      api: this.#api?.state(),
      rest: this.#rest,
      isGatewayDown: this.#isGatewayDown,
      sessions: this.#discord.connectedSessions(),
      taken: this.#taken(),
      closedDms: [...this.#closedDms],
      blockedWords: this.#blockedWords,
      bot: this.#bot?.state() ?? 'stopped',
    };
  }

  async carryOut(order: ControlOrder): Promise<void> {
    switch (order.order) {
      case 'set-rest':
        return this.#setRest(order.trouble);
      case 'set-gateway':
        return this.#setGateway(order.isDown);
      case 'drop-gateway':
        return this.#discord.faults.gateway.drop(order);
      case 'set-ability':
        return this.#setAbility(order.channelId, order.ability, order.isAllowed);
      case 'set-dms':
        return this.#setDms(order.userId, order.isClosed);
      case 'set-auto-mod':
        return this.#setAutoMod(order.words);
      case 'restart-bot':
        return this.#bot?.restart();
      case 'look-now':
        return this.#bot?.poll();
      case 'reset':
        return this.#reset();
      default:
        if (this.#api === undefined) throw new Error('The API is a real one: it cannot be steered from here.');
        this.#api.carryOut(order);
        if (order.order === 'start-job' || order.order === 'end-job') void this.#look();
        this.#looks.keepUpWith(this.#api.speed());
        this.#tell();
    }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#looks.stop();
    for (const stop of this.#stop) stop();
    this.#listeners.clear();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Never rejects: a look that fails is made again by the bot itself. */
  async #look(): Promise<void> {
    await this.#bot?.poll().catch(() => undefined);
  }

  #setRest(trouble: RestTrouble): void {
    this.#endRestTrouble();
    this.#endRestTrouble =
      trouble === 'normal' ? () => undefined : this.#discord.faults.add({ fault: REST_FAULTS[trouble] });
    this.#rest = trouble;
    this.#tell();
  }

  #setGateway(isDown: boolean): void {
    this.#isGatewayDown = isDown;
    this.#discord.faults.gateway.setDown(isDown);
    this.#tell();
  }

  #setDms(userId: string, isClosed: boolean): void {
    this.#discord.people(userId).setDmsClosed(isClosed);
    if (isClosed) this.#closedDms.add(userId);
    else this.#closedDms.delete(userId);
    this.#tell();
  }

  #setAutoMod(words: readonly string[]): void {
    const { world } = this.#discord;
    for (const guildId of world.guilds.keys()) world.autoMod.block(guildId, words);
    this.#blockedWords = words;
    this.#tell();
  }

  /** Takes an ability from the bot by an overwrite for it alone, or gives it back. */
  #setAbility(channelId: string, ability: Ability, isAllowed: boolean): void {
    const { world } = this.#discord;
    const channel = world.channels.get(channelId);
    if (channel?.guildId === undefined || channel.thread !== undefined) {
      throw new Error('Permissions belong to the channels of a server; a thread has those of its channel.');
    }
    const denied = this.#deniedIn(channelId);
    const deny = isAllowed ? denied & ~BITS[ability] : denied | BITS[ability];
    if (deny === 0n) world.removeOverwrite(channelId, world.bot.id);
    else world.setOverwrite(channelId, { id: world.bot.id, kind: 'member', allow: 0n, deny });
  }

  #deniedIn(channelId: string): bigint {
    const { world } = this.#discord;
    const own = world.channels.get(channelId)?.overwrites.find((overwrite) => overwrite.id === world.bot.id);
    return own?.deny ?? 0n;
  }

  #taken(): Record<string, Ability[]> {
    const abilities = Object.keys(BITS) as Ability[];
    const entries = [...this.#discord.world.channels.keys()].map((id) => {
      const denied = this.#deniedIn(id);
      return [id, abilities.filter((ability) => (denied & BITS[ability]) !== 0n)] as const;
    });
    return Object.fromEntries(entries.filter(([, taken]) => taken.length > 0).map(([id, taken]) => [id, [...taken]]));
  }

  /** Everything as it was at the start, but for the jobs. */
  #reset(): void {
    const { world } = this.#discord;
    this.#setRest('normal');
    if (this.#isGatewayDown) this.#setGateway(false);
    for (const channelId of Object.keys(this.#taken())) world.removeOverwrite(channelId, world.bot.id);
    for (const userId of [...this.#closedDms]) this.#setDms(userId, false);
    this.#setAutoMod([]);
    this.#api?.reset();
    this.#looks.stop();
    this.#tell();
  }
}
