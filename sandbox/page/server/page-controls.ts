import { z } from 'zod';

const Id = z.string().regex(/^\d{1,20}$/);
const JobEnd = z.enum(['completed', 'moderated', 'failed', 'cancelled', 'expired', 'stuck']);

/** What the API does to requests: `normal`, or one way to be in trouble. */
export const ApiTrouble = z.enum([
  'normal',
  'down',
  'error',
  'slow',
  'rate-limited',
  'blocked',
  'garbage',
  'unpaid',
  'ended',
]);
export type ApiTrouble = z.infer<typeof ApiTrouble>;

/** How a Midjourney proxy behaves; each first word is the usual one. */
export const ProxySettings = z.object({
  flavour: z.enum(['trueai', 'novicezk', 'new-api']),
  trouble: z.enum(['normal', 'down', 'error', 'slow', 'garbage']),
  submits: z.enum(['accepted', 'queued', 'queue-full', 'limit', 'no-account', 'failed', 'banned-word']),
  secondStep: z.enum(['needy', 'all', 'none']),
  files: z.enum(['at-once', 'late']),
  progress: z.enum(['percent', 'missing', 'stays-submitted']),
  longPrompts: z.enum(['end', 'never-end']),
  account: z.enum(['ready', 'awaits-confirmation']),
  cancel: z.enum(['works', 'nothing', 'forbidden']),
});
export type ProxySettings = Readonly<z.infer<typeof ProxySettings>>;

/** What Discord's REST API does to the bot's requests. */
export const RestTrouble = z.enum(['normal', 'down', 'slow', 'rate-limited']);
export type RestTrouble = z.infer<typeof RestTrouble>;

/** What the bot needs in a channel and can lose there. */
export const Ability = z.enum(['see', 'write', 'attach']);
export type Ability = z.infer<typeof Ability>;

/** One thing that is done to the world, as the page sends it. */
export const ControlOrder = z.discriminatedUnion('order', [
  z.object({
    order: z.literal('start-job'),
    /** `mj`: at the Midjourney proxy; else a version of the API, or a service beside it. */
    version: z.enum(['v2', 'v3', 'mj', 'minimax', 'dreamina']),
    jobType: z.enum(['image', 'video']),
    prompt: z.string().trim().min(1).max(6000),
  }),
  z.object({ order: z.literal('end-job'), jobid: z.string().min(1).max(200), to: JobEnd }),
  z.object({ order: z.literal('set-slots'), slots: z.number().int().min(0).max(12) }),
  z.object({
    order: z.literal('set-speed'),
    speed: z.union([z.literal(0), z.literal(1), z.literal(10), z.literal(60)]),
  }),
  z.object({ order: z.literal('set-api'), trouble: ApiTrouble }),
  z.object({ order: z.literal('set-proxy'), settings: ProxySettings.partial() }),
  z.object({ order: z.literal('set-rest'), trouble: RestTrouble }),
  z.object({ order: z.literal('set-gateway'), isDown: z.boolean() }),
  z.object({ order: z.literal('drop-gateway'), canResume: z.boolean() }),
  z.object({ order: z.literal('set-ability'), channelId: Id, ability: Ability, isAllowed: z.boolean() }),
  z.object({ order: z.literal('set-dms'), userId: Id, isClosed: z.boolean() }),
  z.object({ order: z.literal('set-auto-mod'), words: z.array(z.string().trim().min(1).max(60)).max(20) }),
  z.object({ order: z.literal('restart-bot') }),
  z.object({ order: z.literal('look-now') }),
  z.object({ order: z.literal('reset') }),
]);
export type ControlOrder = z.infer<typeof ControlOrder>;

/** A job as the controls list it. */
export interface ControlJob {
  readonly jobid: string;
  /** How the bot calls it, where that differs: with its account before it. */
  readonly botJobid?: string;
  readonly version: string;
  readonly jobType: string;
  readonly prompt: string;
  /** `created`, `started`, `progress` and so on; `stuck` where it moves no further. */
  readonly status: string;
  /** 0 to 100. */
  readonly percent: number | undefined;
  readonly isRunning: boolean;
}

/** What the API's stand-in is set to. */
export interface ApiControls {
  readonly trouble: ApiTrouble;
  readonly speed: number;
  /** Jobs of one version that an API channel runs at once. */
  readonly slots: number;
  /** Running ones first, then what ended last. */
  readonly jobs: readonly ControlJob[];
}

/** What the stand-in of a Midjourney proxy is set to. */
export interface ProxyControls {
  readonly settings: ProxySettings;
  readonly speed: number;
  /** Running ones first, then what ended last. */
  readonly jobs: readonly ControlJob[];
}

/** The stand-in of a service beside Midjourney. */
export interface ServiceControls {
  readonly service: 'minimax' | 'dreamina';
  readonly speed: number;
  /** Running ones first, then what ended last. */
  readonly jobs: readonly ControlJob[];
}

/** How everything is set now. */
export interface ControlsState {
  /** `undefined` where there is none. */
  readonly proxy: ProxyControls | undefined;
  readonly services: readonly ServiceControls[];
  /** `undefined` where the API is a real one. */
  readonly api: ApiControls | undefined;
  readonly rest: RestTrouble;
  readonly isGatewayDown: boolean;
  /** How many sessions of the bot are connected. */
  readonly sessions: number;
  /** What was taken from the bot, by channel. */
  readonly taken: Readonly<Record<string, readonly Ability[]>>;
  /** Who refuses direct messages. */
  readonly closedDms: readonly string[];
  /** What AutoMod blocks in every server. */
  readonly blockedWords: readonly string[];
  readonly bot: BotState;
}

export type BotState = 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/** Who carries out what the page's controls say. */
export interface PageControls {
  state(): ControlsState;
  /** @throws Error with a sentence for people where an order cannot be carried out. */
  carryOut(order: ControlOrder): Promise<void>;
  /** Calls back when the state is not what it was; the result ends it. */
  subscribe(listener: () => void): () => void;
}
