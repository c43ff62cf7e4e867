import { type Audience, type ChannelUse, type Finding, ok, warning, wrong } from './finding.ts';
import { discordWords } from './words.ts';

export interface GatewayState {
  /** How many connections there should be, and how many there are. */
  readonly shards: number;
  readonly connected: number;
  /** Milliseconds of the last heartbeat; none yet: undefined. */
  readonly pingMs?: number;
}

/** A channel that is used, and what the bot lacks there: names of permissions as Discord shows them. */
export interface UsedChannel {
  readonly channelId: string;
  readonly uses: readonly ChannelUse[];
  /** `unseen`: it was deleted, or the bot may not see it. */
  readonly missing: readonly string[] | 'unseen';
}

/** How what Discord offers differs from what it should offer, by the names of commands. */
export interface CommandDifferences {
  readonly missing: readonly string[];
  /** Offered, and not as they should be. */
  readonly changed: readonly string[];
  readonly surplus: readonly string[];
}

/** What Discord says of log-ins. */
export interface SessionStarts {
  readonly total: number;
  readonly remaining: number;
  /** Milliseconds until there are new ones. */
  readonly resetAfterMs: number;
}

const SLOW_PING_MS = 1_000;
/** The bot keeps so many for starts of its process. */
const FEW_SESSIONS = 20;
/** Of an application's `flags`: presence, members, message content, each for bots in many servers and in few. */
const PRIVILEGED_BITS = [12n, 13n, 14n, 15n, 18n, 19n];

export function checkConnection({ shards, connected, pingMs }: GatewayState): Finding {
  if (shards === 0 || connected < shards)
    return wrong(discordWords.disconnected(connected, shards), discordWords.disconnectedTodo);
  if (pingMs === undefined) return ok(discordWords.connected);
  const says = discordWords.latency(pingMs);
  return pingMs > SLOW_PING_MS ? warning(says, discordWords.slowTodo) : ok(says);
}

/** Connections that processes of their own hold. */
export interface HeldConnections {
  readonly shards: number;
  readonly connected: number;
  /** Processes that can hold connections. */
  readonly processes: number;
}

export function checkHeldConnections({ shards, connected, processes }: HeldConnections): Finding {
  const { notPlanned, notPlannedTodo, held, noHolder, notHeldTodo } = discordWords.elsewhere;
  if (processes === 0) return wrong(noHolder, notHeldTodo);
  if (shards === 0) return warning(notPlanned, notPlannedTodo);
  const says = held(connected, shards, processes);
  return connected < shards ? wrong(says, discordWords.disconnectedTodo) : ok(says);
}

/** One line for each channel that lacks something, and one for all that lack nothing. */
export function checkChannels(channels: readonly UsedChannel[]): Finding[] {
  if (channels.length === 0) return [ok(discordWords.noChannels)];
  const problems = channels.flatMap((channel) => toChannelProblem(channel) ?? []);
  const good = channels.length - problems.length;
  return good === 0 ? problems : [...problems, ok(discordWords.channelsFit(good))];
}

function toChannelProblem({ channelId, uses, missing }: UsedChannel): Finding | undefined {
  if (missing === 'unseen') return wrong(discordWords.unseen(channelId, uses), discordWords.unseenTodo(uses));
  if (missing.length === 0) return undefined;
  return wrong(discordWords.lacks(channelId, uses, missing), discordWords.lacksTodo(missing.length));
}

/** @param where For an operator: which server; none: everywhere. */
export function checkCommands({ missing, changed, surplus }: CommandDifferences, audience: Audience, where?: string) {
  const { registered, differ, differTodo } = discordWords.commands;
  const names = [...missing, ...changed, ...surplus];
  return names.length === 0 ? ok(registered(where)) : warning(differ(names, where), differTodo[audience]);
}

/** @param flags Of the application, as a decimal number. */
export function checkIntents(flags: string): Finding {
  const bits = /^\d{1,19}$/.test(flags) ? BigInt(flags) : 0n;
  const isOn = PRIVILEGED_BITS.some((bit) => (bits & (1n << bit)) !== 0n);
  return ok(isOn ? discordWords.intentsUnneeded : discordWords.intentsNone);
}

export function checkSessionStarts({ total, remaining, resetAfterMs }: SessionStarts): Finding {
  const says = discordWords.sessions(remaining, total, resetAfterMs);
  return remaining < FEW_SESSIONS ? wrong(says, discordWords.sessionsTodo) : ok(says);
}

/** @param status Of the answer of Discord to the log-in; none: there was no answer. */
export function checkRefusedLogin(status: number | undefined): Finding {
  if (status === 401) return wrong(discordWords.tokenRefused, discordWords.tokenTodo);
  if (status === undefined) return wrong(discordWords.unreachable, discordWords.unreachableTodo);
  return wrong(discordWords.answered(status), discordWords.answeredTodo);
}

/** @param status Of the answer of Discord about a configured server; undefined where the bot is in it. */
export function checkServer(guildId: string, status?: number): Finding {
  if (status === undefined) return ok(discordWords.inServer(guildId));
  if (status === 403 || status === 404) return wrong(discordWords.notInServer(guildId), discordWords.notInServerTodo);
  return wrong(discordWords.serverAnswered(guildId, status), discordWords.answeredTodo);
}
