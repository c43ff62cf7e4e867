import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { AppError } from './shared/errors.ts';

/** Where the bot logs in, or `sandbox` for the stand-in of Discord. */
export interface DiscordConfig {
  readonly token: string;
  /** Root of the REST API, without a version. */
  readonly apiUrl: string;
  /** The only servers served. */
  readonly guildIds: readonly string[];
}

/** Which API is asked, or `sandbox` for the stand-in of the API. */
export interface UseapiConfig {
  readonly token: string;
  readonly url: string;
}

export interface Config {
  readonly discord: DiscordConfig | 'sandbox';
  readonly useapi: UseapiConfig | 'sandbox';
  /** The versions that are listed; the first one takes submits. */
  readonly useapiVersions: readonly [ApiVersion, ...ApiVersion[]];
  /** Path of the SQLite file. */
  readonly storePath: string;
  readonly pollIntervalMs: number;
  /** `host` or `host:port` from which media may be fetched. */
  readonly mediaHosts: readonly string[];
  readonly logLevel: string;
  readonly sandboxPort: number;
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
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Every variable that is read, with its schema; the message of each says what is expected. */
export const VARIABLES = {
  DISCORD_TOKEN: token('a bot token').optional(),
  DISCORD_API_URL: httpUrl().default('https://discord.com/api'),
  DISCORD_GUILD_IDS: list(isGuildId, 'server ids of 17 to 20 digits, separated by commas').optional(),
  USEAPI_TOKEN: token('an API token, or the word `sandbox`,').optional(),
  USEAPI_URL: httpUrl().default('https://api.useapi.net'),
  USEAPI_VERSIONS: list(isApiVersion, '`v3`, `v2`, `v3,v2` or `v2,v3`').default(['v3', 'v2']),
  STORE_URL: z
    .string({ error: 'expected `sqlite:` and a path' })
    .regex(/^sqlite:.+$/, 'expected `sqlite:` and a path')
    .optional(),
  POLL_INTERVAL_SECONDS: number(1, 3600, 'a number of seconds, 10 to 3600').default(15),
  MEDIA_HOSTS: list(isHost, '`host` or `host:port`, separated by commas').default([
    'cdn.discordapp.com',
    'media.discordapp.net',
  ]),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  SANDBOX_PORT: number(0, 65_535, 'a port, 0 to 65535')
    .refine(Number.isInteger, 'expected a port, 0 to 65535')
    .default(4780),
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
  const problems = [...mistakes, ...findConflicts(given)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(toConfig(parsed.data));
}

function toConfig(env: Environment): Config {
  const discord = toDiscordConfig(env);
  const useapi = toUseapiConfig(env);
  const isSandbox = discord === 'sandbox' || useapi === 'sandbox';
  const [first = 'v3', ...others] = [...new Set(env.USEAPI_VERSIONS)];
  return {
    discord,
    useapi,
    useapiVersions: [first, ...others],
    storePath: (env.STORE_URL ?? (isSandbox ? 'sqlite:data/sandbox.sqlite' : 'sqlite:data/bot.sqlite')).slice(
      'sqlite:'.length,
    ),
    pollIntervalMs: env.POLL_INTERVAL_SECONDS * 1000,
    mediaHosts: env.MEDIA_HOSTS.map((host) => host.toLowerCase()),
    logLevel: env.LOG_LEVEL,
    sandboxPort: env.SANDBOX_PORT,
  };
}

function toDiscordConfig(env: Environment): DiscordConfig | 'sandbox' {
  if (env.DISCORD_TOKEN === undefined) return 'sandbox';
  return { token: env.DISCORD_TOKEN, apiUrl: env.DISCORD_API_URL, guildIds: env.DISCORD_GUILD_IDS ?? [] };
}

function toUseapiConfig(env: Environment): UseapiConfig | 'sandbox' {
  if (env.USEAPI_TOKEN === undefined || env.USEAPI_TOKEN === 'sandbox') return 'sandbox';
  return { token: env.USEAPI_TOKEN, url: env.USEAPI_URL };
}

/** Looks at the variables together; one that is a mistake by itself is not counted as missing. */
function findConflicts(given: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  const has = (name: keyof Environment) => given[name] !== undefined;
  if (has('DISCORD_TOKEN') && !has('DISCORD_GUILD_IDS')) {
    problems.push('DISCORD_GUILD_IDS: expected the ids of the servers to serve, because DISCORD_TOKEN is set');
  }
  if (has('DISCORD_TOKEN') && !has('USEAPI_TOKEN')) {
    problems.push('USEAPI_TOKEN: expected an API token, or the word `sandbox`, because DISCORD_TOKEN is set');
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

function httpUrl() {
  const expected = 'expected an http or https address without query, such as https://example.org/api';
  return z
    .url({ protocol: /^https?$/, error: expected })
    .refine((url) => !/[?#@]/.test(url), expected)
    .transform((url) => url.replace(/\/+$/, ''));
}

function list<T extends string>(isItem: (text: string) => text is T, expected: string) {
  return z.string().transform((text, context): T[] => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const items = parts.filter(isItem);
    if (items.length === parts.length && items.length > 0) return items;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

function isGuildId(text: string): text is string {
  return /^\d{17,20}$/.test(text);
}

function isApiVersion(text: string): text is 'v2' | 'v3' {
  return text === 'v2' || text === 'v3';
}

function isHost(text: string): text is string {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(text) && URL.canParse(`https://${text}`);
}

function number(min: number, max: number, expected: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, `expected ${expected}`)
    .transform(Number)
    .pipe(z.number().min(min, `expected ${expected}`).max(max, `expected ${expected}`));
}
