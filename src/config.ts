import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { type AccountConfig, type AccountsFile, type OwnAccountsConfig, readAccountsFile } from './accounts-file.ts';
import {
  type BotRole,
  botRole,
  type CallbacksConfig,
  findCallbackProblems,
  findOpenListener,
  findRoleProblems,
  listenAddress,
  type StoreConfig,
  type SupervisorConfig,
  storeUrl,
  toSupervisor,
} from './host-config.ts';
import { compact } from './shared/compact.ts';
import { AppError } from './shared/errors.ts';
import type { ListenAddress } from './shared/listen-address.ts';
import { httpUrl, isGuildId, isHost, list, number, secretKeys, wordOr } from './shared/text-schemas.ts';

/** Where the bot logs in, or `sandbox` for the stand-in of Discord. */
export interface DiscordConfig {
  readonly token: string;
  /** Root of the REST API, without a version. */
  readonly apiUrl: string;
  /** The only servers served; `all`: every server that the bot is in. */
  readonly guildIds: readonly string[] | 'all';
  /** How many connections share the servers; `auto`: as many as Discord recommends. */
  readonly shards?: number | 'auto';
}

/** Which API is asked, or `sandbox` for the stand-in of the API. */
export interface UseapiConfig {
  readonly token: string;
  readonly url: string;
}

/** A server that speaks the dialect of Midjourney proxies. */
export interface MjConfig {
  /** Ends in `/mj`. */
  readonly url: string;
  readonly secret: string;
  readonly auth: 'mj-api-secret' | 'bearer';
  /** `host` or `host:port` from which its files may be fetched, besides itself. */
  readonly mediaHosts: readonly string[];
}

/** At least one of `useapi`, `mj` and `accounts` is there. */
export interface Config {
  readonly role: BotRole;
  readonly discord: DiscordConfig | 'sandbox';
  readonly useapi?: UseapiConfig | 'sandbox';
  readonly mj?: MjConfig | 'sandbox';
  /** Of the accounts file. */
  readonly accounts: readonly AccountConfig[];
  readonly ownAccounts: OwnAccountsConfig;
  /** Services of which the stand-in runs, as accounts of their own. */
  readonly sandboxServices: readonly SandboxService[];
  /** The versions that are listed; the first one takes submits. */
  readonly useapiVersions: readonly [ApiVersion, ...ApiVersion[]];
  readonly store: StoreConfig;
  readonly pollIntervalMs: number;
  readonly guildReadsPerMinute: number;
  /** `host` or `host:port` from which media may be fetched. */
  readonly mediaHosts: readonly string[];
  readonly logLevel: string;
  readonly sandboxPort: number;
  /** Where health and metrics are served over HTTP; without it nothing is served and nothing is counted. */
  readonly health?: ListenAddress;
  readonly supervisor?: SupervisorConfig;
  /** Without it no backend calls back: jobs are polled alone. */
  readonly callbacks?: CallbacksConfig;
}

/** Configuration mistakes, one a line; never holds a value. */
export class ConfigError extends AppError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('config-invalid', problems.join('\n'));
    this.problems = problems;
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type ApiVersion = 'v2' | 'v3';
const MJ_AUTHS = ['mj-api-secret', 'bearer'] as const;
const SANDBOX_SERVICES = ['minimax', 'dreamina'] as const;
const SANDBOX_BACKENDS = ['useapi', 'mj', ...SANDBOX_SERVICES] as const;
export type SandboxService = (typeof SANDBOX_SERVICES)[number];
const DEFAULT_MEDIA_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Every variable that is read, with its schema; the message of each says what is expected. */
export const VARIABLES = {
  DISCORD_TOKEN: token('a bot token').optional(),
  DISCORD_API_URL: httpUrl().default('https://discord.com/api'),
  DISCORD_GUILD_IDS: wordOr(
    'all',
    list(isGuildId, ''),
    '`all`, or server ids of 17 to 20 digits, separated by commas',
  ).optional(),
  DISCORD_SHARDS: wordOr(
    'auto',
    number(1, 1_000, '').refine(Number.isInteger),
    '`auto`, or a whole number, 1 to 1000',
  ).default('auto'),
  BOT_ROLE: botRole().default('all'),
  USEAPI_TOKEN: token('an API token, or the word `sandbox`,').optional(),
  USEAPI_URL: httpUrl().default('https://api.useapi.net'),
  USEAPI_VERSIONS: list(isApiVersion, '`v3`, `v2`, `v3,v2` or `v2,v3`').default(['v3', 'v2']),
  MJ_URL: httpUrl()
    .refine((url) => url.endsWith('/mj'), 'expected an http or https address that ends in /mj')
    .optional(),
  MJ_SECRET: token('the secret of the server').optional(),
  MJ_AUTH: z.enum(MJ_AUTHS, { error: `expected one of ${MJ_AUTHS.join(', ')}` }).default('mj-api-secret'),
  MJ_MEDIA_HOSTS: list(isHost, '`host` or `host:port`, separated by commas').default([
    ...DEFAULT_MEDIA_HOSTS,
    'cdn.midjourney.com',
  ]),
  ACCOUNTS_FILE: z.string().optional(),
  SECRETS_KEY: secretKeys().optional(),
  ALLOW_PRIVATE_BACKENDS: z.enum(['0', '1'], { error: 'expected 1, or nothing' }).default('0'),
  SANDBOX_BACKENDS: list(
    isSandboxBackend,
    'one or several of `useapi`, `mj`, `minimax` and `dreamina`, separated by commas',
  ).default(['useapi']),
  STORE_URL: storeUrl().optional(),
  POLL_INTERVAL_SECONDS: number(1, 3600, 'a number of seconds, 10 to 3600').default(15),
  GUILD_READS_PER_MINUTE: number(10, 100_000, 'a number, 10 to 100000').default(300),
  MEDIA_HOSTS: list(isHost, '`host` or `host:port`, separated by commas').default(DEFAULT_MEDIA_HOSTS),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  SANDBOX_PORT: number(0, 65_535, 'a port, 0 to 65535')
    .refine(Number.isInteger, 'expected a port, 0 to 65535')
    .default(4780),
  HEALTH_LISTEN: listenAddress().optional(),
  HEALTH_LISTEN_PUBLIC: z.literal('1', { error: 'expected `1`, or nothing' }).optional(),
  REPLY_URL: httpUrl().optional(),
  REPLY_LISTEN: listenAddress().default({ host: '127.0.0.1', port: 8787 }),
  REPLY_LISTEN_PUBLIC: z.literal('1', { error: 'expected `1`, or nothing' }).optional(),
};

const Environment = z.object(VARIABLES);
type Environment = z.infer<typeof Environment>;

/** What the bytes of another encoding become, such as UTF-16. */
const NOT_UTF8 = /[\uFFFD\0]/;

/** Reads `.env` if there is one; what the process already has wins. */
export function readEnvironment(path = '.env'): Readonly<Record<string, string | undefined>> {
  return { ...readEnvFile(path), ...process.env };
}

/** Some editors begin a file with a mark of its encoding; left in, it would belong to the first variable's name. */
function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    if (NOT_UTF8.test(text))
      throw new ConfigError([`${path}: it is not UTF-8 text. Save it anew with the encoding UTF-8`]);
    return parseEnv(text);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
    return {};
  }
}

/** Turns an environment into a frozen configuration. @throws ConfigError naming all mistakes together. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = withoutEmpty(environment);
  const parsed = Environment.safeParse(given);
  const mistakes = parsed.success ? [] : toProblems(parsed.error);
  const file = readAccounts(given, environment);
  const problems = [
    ...mistakes,
    ...file.problems,
    ...findRoleProblems(given),
    ...(given['BOT_ROLE'] === 'shard' ? [] : findConflicts(given)),
    ...findOpenListener(given),
    ...findCallbackProblems(given),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const supervisor = toSupervisor(environment);
  return Object.freeze({ ...toConfig(parsed.data, file.accounts), ...compact({ supervisor }) });
}

function readAccounts(
  { ACCOUNTS_FILE }: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): AccountsFile {
  if (ACCOUNTS_FILE === undefined) return { accounts: [], problems: [] };
  return readAccountsFile(ACCOUNTS_FILE, environment, { url: httpUrl(), isHost, isGuildId });
}

function toConfig(env: Environment, accounts: readonly AccountConfig[]): Config {
  const discord = toDiscordConfig(env);
  const useapi = toUseapiConfig(env, accounts);
  const mj = toMjConfig(env, useapi, accounts);
  const sandboxServices = toSandboxServices(env, useapi, accounts);
  const isSandbox = [discord, useapi, mj].includes('sandbox') || sandboxServices.length > 0;
  const [first = 'v3', ...others] = [...new Set(env.USEAPI_VERSIONS)];
  return {
    role: env.BOT_ROLE,
    discord,
    ...(useapi !== undefined && { useapi }),
    ...(mj !== undefined && { mj }),
    accounts,
    ownAccounts: { keys: env.SECRETS_KEY ?? [], allowsPrivate: env.ALLOW_PRIVATE_BACKENDS === '1' },
    sandboxServices,
    useapiVersions: [first, ...others],
    store: env.STORE_URL ?? { kind: 'sqlite', path: isSandbox ? 'data/sandbox.sqlite' : 'data/bot.sqlite' },
    pollIntervalMs: env.POLL_INTERVAL_SECONDS * 1000,
    guildReadsPerMinute: env.GUILD_READS_PER_MINUTE,
    mediaHosts: env.MEDIA_HOSTS.map((host) => host.toLowerCase()),
    logLevel: env.LOG_LEVEL,
    sandboxPort: env.SANDBOX_PORT,
    ...compact({ health: env.HEALTH_LISTEN, callbacks: toCallbacksConfig(env) }),
  };
}

function toCallbacksConfig({ REPLY_URL: url, REPLY_LISTEN: listen }: Environment): CallbacksConfig | undefined {
  return url === undefined ? undefined : { url, listen };
}

function toDiscordConfig(env: Environment): DiscordConfig | 'sandbox' {
  if (env.DISCORD_TOKEN === undefined) return 'sandbox';
  const {
    DISCORD_TOKEN: token,
    DISCORD_API_URL: apiUrl,
    DISCORD_GUILD_IDS: guildIds = [],
    DISCORD_SHARDS: shards,
  } = env;
  return { token, apiUrl, guildIds, shards };
}

function toUseapiConfig(env: Environment, accounts: readonly AccountConfig[]): Config['useapi'] {
  if (env.USEAPI_TOKEN === 'sandbox') return 'sandbox';
  if (env.USEAPI_TOKEN !== undefined) return { token: env.USEAPI_TOKEN, url: env.USEAPI_URL };
  const isAlone = env.MJ_URL === undefined && accounts.length === 0;
  return isAlone && env.SANDBOX_BACKENDS.includes('useapi') ? 'sandbox' : undefined;
}

/** Its stand-in runs where no real server is named at all. */
function toMjConfig(env: Environment, useapi: Config['useapi'], accounts: readonly AccountConfig[]): Config['mj'] {
  const { MJ_URL: url, MJ_SECRET: secret, MJ_AUTH: auth } = env;
  if (url !== undefined && secret !== undefined) return { url, secret, auth, mediaHosts: env.MJ_MEDIA_HOSTS };
  return isWithoutServers(useapi, accounts) && env.SANDBOX_BACKENDS.includes('mj') ? 'sandbox' : undefined;
}

function toSandboxServices(
  env: Environment,
  useapi: Config['useapi'],
  accounts: readonly AccountConfig[],
): readonly SandboxService[] {
  if (env.MJ_URL !== undefined || !isWithoutServers(useapi, accounts)) return [];
  return SANDBOX_SERVICES.filter((service) => env.SANDBOX_BACKENDS.includes(service));
}

function isWithoutServers(useapi: Config['useapi'], accounts: readonly AccountConfig[]): boolean {
  return (useapi === 'sandbox' || useapi === undefined) && accounts.length === 0;
}

/** Looks at the variables together; one that is a mistake by itself is not counted as missing. */
function findConflicts(given: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  const has = (name: keyof Environment) => given[name] !== undefined;
  if (has('DISCORD_TOKEN') && !has('DISCORD_GUILD_IDS')) {
    problems.push(
      'DISCORD_GUILD_IDS: expected the ids of the servers to serve, or `all`, because DISCORD_TOKEN is set',
    );
  }
  if (has('DISCORD_TOKEN') && !has('USEAPI_TOKEN') && !has('MJ_URL') && !has('ACCOUNTS_FILE')) {
    problems.push(
      'USEAPI_TOKEN: expected an API token, or the word `sandbox`, or MJ_URL or ACCOUNTS_FILE instead, because DISCORD_TOKEN is set',
    );
  }
  if (has('MJ_URL') && !has('MJ_SECRET')) {
    problems.push('MJ_SECRET: expected the secret of the server, because MJ_URL is set');
  }
  if (isHasty(given)) {
    problems.push('POLL_INTERVAL_SECONDS: expected at least 10, the API itself looks at Discord every 15 seconds');
  }
  return problems;
}

/** Whether an API elsewhere would be asked more often than makes sense. */
function isHasty({ USEAPI_TOKEN, USEAPI_URL, POLL_INTERVAL_SECONDS }: Readonly<Record<string, string>>): boolean {
  const seconds = VARIABLES.POLL_INTERVAL_SECONDS.safeParse(POLL_INTERVAL_SECONDS).data ?? 10;
  const url = VARIABLES.USEAPI_URL.safeParse(USEAPI_URL).data;
  if (seconds >= 10 || url === undefined || USEAPI_TOKEN === undefined || USEAPI_TOKEN === 'sandbox') return false;
  return !LOOPBACK_HOSTS.has(new URL(url).hostname);
}

function withoutEmpty(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const name of Object.keys(VARIABLES)) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') present[name] = value;
  }
  return present;
}

function toProblems(error: z.ZodError): string[] {
  const byVariable = new Map<string, string>();
  for (const issue of error.issues) {
    const variable = String(issue.path[0]);
    if (!byVariable.has(variable)) byVariable.set(variable, `${variable}: ${issue.message}`);
  }
  return [...byVariable.values()];
}

/** What goes into a header: visible ASCII without blanks. */
function token(what: string) {
  return z.string().regex(/^[\x21-\x7e]+$/, `expected ${what} without blanks and other signs that no token has`);
}

function isApiVersion(text: string): text is 'v2' | 'v3' {
  return text === 'v2' || text === 'v3';
}

function isSandboxBackend(text: string): text is (typeof SANDBOX_BACKENDS)[number] {
  return SANDBOX_BACKENDS.some((backend) => backend === text);
}
