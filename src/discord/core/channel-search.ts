import {
  type APIMessage,
  type APIThreadChannel,
  type Channel,
  type Client,
  PermissionFlagsBits,
  type RESTGetAPIChannelThreadsArchivedPublicResult,
  type RESTGetAPIGuildThreadsResult,
  Routes,
  SnowflakeUtil,
} from 'discord.js';
import { PostError, type PostedMessage, type Search } from '../../notifications/delivery/channel-poster.ts';
import { readId } from './receipt.ts';
import { postWords } from './words.ts';

/** What is asked, and as whom. */
interface Reader {
  readonly rest: Pick<Client['rest'], 'get'>;
  readonly user: { readonly id: string };
}

const PAGE = 100;
/** Pages that are looked through at most: 10,000 messages or threads. */
const MAX_PAGES = 100;
/** Threads of a forum whose first message is looked at, at most: the oldest of those that are new enough. */
const MAX_THREADS = 200;
/**
 * Milliseconds after the beginning of a search in which the message was made, if it was: whoever looked so far has seen
 * all.
 */
const SPAN_MS = 60 * 60_000;
/** Milliseconds after which a look-back that saw not all is tried again. */
const RETRY_MS = 10 * 60_000;

/**
 * Looks through a channel for the bot's own message that carries a delivery id in a control: among the newest whatever
 * our clock says of when it was made, then from the time of the search on. @throws PostError where there is more to
 * look through than can be.
 */
export async function findInChannel(client: Reader, search: Search): Promise<PostedMessage | undefined> {
  const isOurs = (message: APIMessage) => isWanted(message, client.user.id, search.deliveryId);
  const newest = await readMessages(client, search.channelId, {});
  const last = newest.find(isOurs);
  if (last !== undefined) return { channelId: search.channelId, messageId: last.id };
  let after = toSnowflake(search.since);
  if (newest.length < PAGE || newest.some(({ id }) => BigInt(id) <= BigInt(after))) return undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const messages = await readMessages(client, search.channelId, { after });
    const found = messages.find(isOurs);
    if (found !== undefined) return { channelId: search.channelId, messageId: found.id };
    if (messages.length < PAGE || isBeyond(after, search)) return undefined;
    after = messages.reduce((newest, { id }) => (BigInt(id) > BigInt(newest) ? id : newest), after);
  }
  throw toUnknown(postWords.tooMany.messages);
}

async function readMessages(client: Reader, channelId: string, range: Record<string, string>): Promise<APIMessage[]> {
  const query = new URLSearchParams({ ...range, limit: String(PAGE) });
  return toList<APIMessage>(await client.rest.get(Routes.channelMessages(channelId), { query }));
}

/**
 * Looks through a forum's newer threads, those still open and those archived since, for one whose first message it is.
 * @throws PostError as `findInChannel` does.
 */
export async function findInForum(client: Reader, search: Search): Promise<PostedMessage | undefined> {
  const open = await findAmong(client, search, await listActive(client, search));
  return open ?? findAmong(client, search, await listArchived(client, search));
}

async function findAmong(
  client: Reader,
  search: Search,
  threads: readonly APIThreadChannel[],
): Promise<PostedMessage | undefined> {
  const since = BigInt(toSnowflake(search.since));
  const own = threads.filter((thread) => thread.owner_id === client.user.id && BigInt(thread.id) > since);
  const oldestFirst = own.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  for (const { id } of oldestFirst.slice(0, MAX_THREADS)) {
    const first = await readFirstMessage(client, id);
    if (first !== undefined && isWanted(first, client.user.id, search.deliveryId))
      return { channelId: id, messageId: first.id };
  }
  const unseen = oldestFirst[MAX_THREADS];
  if (unseen === undefined || isBeyond(unseen.id, search)) return undefined;
  throw toUnknown(postWords.tooMany.threads);
}

/** Nothing was found, but not all was seen: it is never taken for not being there, or it would be posted twice. */
function toUnknown(why: string): PostError {
  return new PostError('retry', postWords.notFound(why), { retryAfterMs: RETRY_MS });
}

/**
 * A list of things with ids, as it was asked for: success with anything else is never taken for an empty one.
 * @throws PostError
 */
function toList<T extends { readonly id: string }>(answer: unknown): T[] {
  if (Array.isArray(answer) && answer.every((one) => readId(one) !== undefined)) return answer;
  throw toUnknown(postWords.unclear);
}

/**
 * @throws PostError where the bot may not read back: there Discord shows an empty channel, and nothing could ever be
 * found.
 */
export function requireHistory(channel: Channel): void {
  if (!('guild' in channel) || channel.guild.members.me === null) return;
  const granted = channel.permissionsFor(channel.guild.members.me);
  if (granted === null || granted.has(PermissionFlagsBits.ReadMessageHistory)) return;
  throw new PostError('target', postWords.noHistory, { answerCode: 50013 });
}

async function listActive(client: Reader, { guildId, channelId }: Search): Promise<APIThreadChannel[]> {
  const answer = (await client.rest.get(
    Routes.guildActiveThreads(guildId),
  )) as Partial<RESTGetAPIGuildThreadsResult> | null;
  return toList<APIThreadChannel>(answer?.threads).filter((thread) => thread.parent_id === channelId);
}

/**
 * Back to those archived before the search begins: when a thread is archived, by itself or by a moderator, is not
 * known.
 */
async function listArchived(client: Reader, { channelId, since }: Search): Promise<readonly APIThreadChannel[]> {
  const threads: APIThreadChannel[] = [];
  const query = new URLSearchParams({ limit: String(PAGE) });
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.rest.get(Routes.channelThreads(channelId, 'public'), { query });
    const page = answer as Partial<RESTGetAPIChannelThreadsArchivedPublicResult> | null;
    const found = toList<APIThreadChannel>(page?.threads);
    threads.push(...found);
    const oldest = threads.at(-1)?.thread_metadata?.archive_timestamp;
    if (page?.has_more !== true || found.length === 0 || oldest === undefined || Date.parse(oldest) < since)
      return threads;
    query.set('before', oldest);
  }
  throw toUnknown(postWords.tooMany.archived);
}

/** In a forum the first message has the id of its thread. */
async function readFirstMessage(client: Reader, threadId: string): Promise<APIMessage | undefined> {
  const query = new URLSearchParams({ around: threadId, limit: '1' });
  const [first] = toList<APIMessage>(await client.rest.get(Routes.channelMessages(threadId), { query }));
  return first?.id === threadId ? first : undefined;
}

function isWanted({ author, components }: Partial<APIMessage>, botId: string, deliveryId: string): boolean {
  return author?.id === botId && JSON.stringify(components ?? []).includes(`:${deliveryId}`);
}

function isBeyond(id: string, { since, until = since + SPAN_MS }: Search): boolean {
  return BigInt(id) > BigInt(toSnowflake(until));
}

function toSnowflake(epochMs: number): string {
  return SnowflakeUtil.generate({ timestamp: epochMs, increment: 0n, workerId: 0n, processId: 0n }).toString();
}
