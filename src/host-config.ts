import { z } from 'zod';
import { compact } from './shared/compact.ts';
import type { ListenAddress } from './shared/listen-address.ts';
import { isLoopback } from './shared/loopback.ts';

/** Where backends call back, and under which address they reach it. */
export interface CallbacksConfig {
  /** Without a slash at its end; in a sandbox none: `listen`, on this machine. */
  readonly url?: string;
  readonly listen: ListenAddress;
}

/** The supervisor that started the process and wants to hear how it is, such as systemd. */
export interface SupervisorConfig {
  /** A Unix datagram socket; one that begins with `@` has no file. */
  readonly socket: string;
  /** Milliseconds without a sign of life after which it kills the process; none: it does not. */
  readonly watchdogMs?: number;
}

/** Where state is kept: one SQLite file, or a PostgreSQL database. */
export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly path: string }
  /** `postgres://user:password@host:port/database`, with `?schema=` for another schema than `bot`; a secret. */
  | { readonly kind: 'postgres'; readonly url: string };

const ROLES = ['all', 'core', 'shard'] as const;
/**
 * What the process does: all; all but the connections to Discord's gateway (`core`); or those alone (`shard`). Several
 * of each may share one PostgreSQL.
 */
export type BotRole = (typeof ROLES)[number];

export function botRole() {
  return z.enum(ROLES, { error: `expected one of ${ROLES.join(', ')}` });
}

const SQLITE = 'sqlite:';
const POSTGRES = new Set(['postgres:', 'postgresql:']);
const SCHEMA = /^[a-z_][a-z0-9_]{0,50}$/;
const STORE_URL_EXPECTED = 'expected `sqlite:` and a path, or `postgres://user:password@host:port/database`';
const LISTEN_EXPECTED = 'expected an address and a port, such as 127.0.0.1:9464';

/** `host:port`, an IPv6 address in brackets. */
export function listenAddress() {
  return z.string().transform((text, context): ListenAddress => {
    const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})$/i.exec(text) ?? [];
    if (URL.canParse(`http://${host}:${port}`)) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
    context.addIssue({ code: 'custom', message: LISTEN_EXPECTED });
    return z.NEVER;
  });
}

/** What is wrong where other machines could read how the bot is used, and nobody said that they may. */
export function findOpenListener(given: Readonly<Record<string, string>>): string[] {
  const { HEALTH_LISTEN = '', HEALTH_LISTEN_PUBLIC } = given;
  const listen = listenAddress().safeParse(HEALTH_LISTEN).data;
  if (listen === undefined || isLoopback(listen.host) || HEALTH_LISTEN_PUBLIC === '1') return [];
  return [
    'HEALTH_LISTEN: expected an address of this machine alone, such as 127.0.0.1:9464; for any other set HEALTH_LISTEN_PUBLIC=1, and then whoever reaches it can read how the bot is used',
  ];
}

/** What is missing for a process that shares its work with others. */
export function findRoleProblems({ BOT_ROLE: role, ...given }: Readonly<Record<string, string>>): string[] {
  if (role !== 'core' && role !== 'shard') return [];
  const problems: string[] = [];
  if (given['DISCORD_TOKEN'] === undefined)
    problems.push(`DISCORD_TOKEN: expected a bot token, because BOT_ROLE is ${role}; the sandbox runs in one process`);
  if (!/^postgres(ql)?:/.test(given['STORE_URL'] ?? ''))
    problems.push(
      `STORE_URL: expected \`postgres://user:password@host:port/database\`, because BOT_ROLE is ${role}: its processes meet there`,
    );
  return problems;
}

/** Longer ones would leave no room for what is added: servers take 1,024 characters. */
const MAX_REPLY_URL = 800;

/** What is wrong with how backends call back: the secret in its address must not go over an open line. */
export function findCallbackProblems(given: Readonly<Record<string, string>>): string[] {
  const { REPLY_URL, REPLY_LISTEN, REPLY_LISTEN_PUBLIC } = given;
  const url = URL.parse(REPLY_URL ?? '');
  const listen = listenAddress().safeParse(REPLY_LISTEN).data;
  const problems: string[] = [];
  if (url?.protocol === 'http:' && !isLoopback(url.hostname))
    problems.push(
      'REPLY_URL: expected an https address; http is for this machine alone. Put a proxy with a certificate in front, see docs/operations.md',
    );
  if ((REPLY_URL?.length ?? 0) > MAX_REPLY_URL)
    problems.push(`REPLY_URL: expected at most ${MAX_REPLY_URL} characters`);
  if (listen !== undefined && !isLoopback(listen.host) && REPLY_LISTEN_PUBLIC !== '1')
    problems.push(
      'REPLY_LISTEN: expected an address of this machine alone, such as 127.0.0.1:8787, behind a proxy; for any other set REPLY_LISTEN_PUBLIC=1',
    );
  if (REPLY_URL === undefined && REPLY_LISTEN !== undefined)
    problems.push('REPLY_URL: expected the address by which servers reach REPLY_LISTEN, because that is set');
  return problems;
}

/** What systemd gives to a service. The watchdog is for the process that it started, and not for that one's own. */
export function toSupervisor(
  environment: Readonly<Record<string, string | undefined>>,
  pid = process.pid,
): SupervisorConfig | undefined {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: us = '', WATCHDOG_PID: watched = '' } = environment;
  if (!/^[@/]./.test(socket)) return undefined;
  const isWatched = /^[1-9]\d{0,15}$/.test(us) && (watched === '' || watched === String(pid));
  return { socket, ...compact({ watchdogMs: isWatched ? Number(us) / 1_000 : undefined }) };
}

/** An address as the variable takes it; undefined for any other. */
export function toStoreConfig(url: string): StoreConfig | undefined {
  if (url.startsWith(SQLITE) && url.length > SQLITE.length) return { kind: 'sqlite', path: url.slice(SQLITE.length) };
  return isPostgresUrl(url) ? { kind: 'postgres', url } : undefined;
}

function isPostgresUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !POSTGRES.has(url.protocol) || url.hostname === '' || url.pathname.length < 2) return false;
  return SCHEMA.test(url.searchParams.get('schema') ?? 'bot');
}

export function storeUrl() {
  return z.string().transform((text, context): StoreConfig => {
    const store = toStoreConfig(text);
    if (store !== undefined) return store;
    context.addIssue({ code: 'custom', message: STORE_URL_EXPECTED });
    return z.NEVER;
  });
}
