import { Listeners } from '../../src/shared/listeners.ts';
import { BotRunner, type Running } from '../bot-runner.ts';
import type { RestFault } from '../discord/discord-faults.ts';
import { Permission } from '../discord/discord-numbers.ts';
import type { DiscordStandIn } from '../discord/discord-stand-in.ts';
import { HurriedLooks } from '../hurried-looks.ts';
import type { MjStandIn } from '../mj/mj-stand-in.ts';
import type { Ability, ControlOrder, ControlsState, PageControls, RestTrouble } from '../page/server/page-controls.ts';
import type { SiblingStandIn } from '../siblings/sibling-stand-in.ts';
import type { UseapiStandIn } from '../useapi/useapi-stand-in.ts';
import { ProxyControls } from './proxy-controls.ts';
import { ServiceControls } from './service-controls.ts';
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
  readonly #proxy: ProxyControls | undefined;
  readonly #services: readonly ServiceControls[];
  readonly #changes = new Listeners<[], void>();
  readonly subscribe = this.#changes.on;
  readonly #closedDms = new Set<string>();
  readonly #stop: readonly (() => void)[];
  readonly #looks = new HurriedLooks(() => this.#look());
  #bot: BotRunner | undefined;
  #rest: RestTrouble = 'normal';
  #endRestTrouble: () => void = () => undefined;
  #isGatewayDown = false;
  #blockedWords: readonly string[] = [];

  constructor(
    discord: DiscordStandIn,
    useapi: UseapiStandIn | undefined,
    mj?: MjStandIn,
    siblings: readonly SiblingStandIn[] = [],
  ) {
    this.#discord = discord;
    this.#api = useapi && new UseapiControls(useapi);
    this.#proxy = mj && new ProxyControls(mj);
    this.#services = siblings.map((standIn) => new ServiceControls(standIn));
    const stopDiscord = discord.world.subscribe((change) => {
      if (change.kind === 'bot-presence' || change.kind === 'channel-updated') this.#changes.emit();
    });
    const onJob = () => this.#changes.emit();
    const stops = [useapi, mj, ...siblings].map((standIn) => standIn?.world.onChange(onJob));
    this.#stop = [stopDiscord, ...stops.filter((stop) => stop !== undefined)];
  }

  /** Starts the bot and keeps hold of it, so that the page can restart it. */
  async runBot(start: () => Promise<Running>): Promise<Running> {
    const bot = new BotRunner(start, () => this.#changes.emit());
    this.#bot = bot;
    await bot.start();
    return bot;
  }

  state(): ControlsState {
    return {
      api: this.#api?.state(),
      proxy: this.#proxy?.state(),
      services: this.#services.map((service) => service.state()),
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
      case 'set-proxy':
        return this.#setProxy(order);
      case 'set-speed':
        return this.#setSpeed(order);
      case 'start-job':
      case 'end-job':
        this.#steerJob(order);
        void this.#look();
        this.#changes.emit();
        return;
      default:
        required(this.#api).carryOut(order);
        this.#changes.emit();
    }
  }

  close(): void {
    this.#looks.stop();
    for (const stop of this.#stop) stop();
    this.#changes.clear();
  }

  #steerJob(order: Extract<ControlOrder, { order: 'start-job' | 'end-job' }>): void {
    const service = this.#services.find((other) => other.isMeant(order));
    const isOfProxy = order.order === 'start-job' ? order.version === 'mj' : this.#proxy?.hasJob(order.jobid) === true;
    const place = service ?? (isOfProxy ? this.#proxy : this.#api);
    required(place).carryOut(order);
  }

  #setSpeed(order: Extract<ControlOrder, { order: 'set-speed' }>): void {
    if (this.#proxy === undefined && this.#services.length === 0) required(this.#api);
    this.#api?.carryOut(order);
    this.#proxy?.carryOut(order);
    for (const service of this.#services) service.setSpeed(order.speed);
    this.#looks.keepUpWith(order.speed);
    this.#changes.emit();
  }

  /** A bot finds out once which kind of proxy it has: where that is another one now, it starts anew. */
  async #setProxy(order: Extract<ControlOrder, { order: 'set-proxy' }>): Promise<void> {
    const proxy = required(this.#proxy);
    const before = proxy.state().settings.flavour;
    proxy.carryOut(order);
    this.#changes.emit();
    if (proxy.state().settings.flavour !== before) await this.#bot?.restart();
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
    this.#changes.emit();
  }

  #setGateway(isDown: boolean): void {
    this.#isGatewayDown = isDown;
    this.#discord.faults.gateway.setDown(isDown);
    this.#changes.emit();
  }

  #setDms(userId: string, isClosed: boolean): void {
    this.#discord.people(userId).setDmsClosed(isClosed);
    if (isClosed) this.#closedDms.add(userId);
    else this.#closedDms.delete(userId);
    this.#changes.emit();
  }

  #setAutoMod(words: readonly string[]): void {
    const { world } = this.#discord;
    for (const guildId of world.guilds.keys()) world.autoMod.block(guildId, words);
    this.#blockedWords = words;
    this.#changes.emit();
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
    this.#proxy?.reset();
    for (const service of this.#services) service.setSpeed(1);
    this.#looks.stop();
    this.#changes.emit();
  }
}

function required<T>(controls: T | undefined): T {
  if (controls === undefined) throw new Error('The API is a real one: it cannot be steered from here.');
  return controls;
}
