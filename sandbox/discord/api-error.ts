import { AppError } from '../../src/shared/errors.ts';

/** An answer other than success, as Discord words it. */
export class DiscordApiError extends AppError {
  readonly status: number;
  readonly discordCode: number;
  readonly errors: unknown;

  constructor(status: number, discordCode: number, message: string, errors?: unknown) {
    super(`discord-${discordCode}`, message);
    this.status = status;
    this.discordCode = discordCode;
    this.errors = errors;
  }

  toBody(): object {
    const body = { message: this.message, code: this.discordCode };
    return this.errors === undefined ? body : { ...body, errors: this.errors };
  }
}

const KNOWN = {
  notFound: [404, 0, '404: Not Found'],
  methodNotAllowed: [405, 0, '405: Method Not Allowed'],
  unknownApplication: [404, 10002, 'Unknown Application'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownRole: [404, 10011, 'Unknown Role'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownEmoji: [404, 10014, 'Unknown Emoji'],
  unknownReactionEmoji: [400, 10014, 'Unknown Emoji'],
  unknownTag: [404, 10087, 'Unknown tag'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  unknownCommand: [404, 10063, 'Unknown application command'],
  notYourApplication: [403, 20012, 'You are not authorized to perform this action on this application'],
  tooManyPins: [400, 30003, 'Maximum number of pins reached for the channel (250)'],
  tooManyWebhooks: [400, 30007, 'Maximum number of webhooks reached (15)'],
  tooManyEmojis: [400, 30008, 'Maximum number of emojis reached (2000)'],
  tooManyReactions: [400, 30010, 'Maximum number of reactions reached (20)'],
  unauthorized: [401, 40001, 'Unauthorized. Provide a valid token and try again'],
  tooLarge: [413, 40005, 'Request entity too large'],
  alreadyCrossposted: [400, 40033, 'This message has already been crossposted'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  tagRequired: [400, 40067, 'A tag is required to create a forum post in this channel'],
  missingAccess: [403, 50001, 'Missing Access'],
  notInDms: [403, 50003, 'Cannot execute action on a DM channel'],
  cannotEditOthers: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  cannotMessageUser: [403, 50007, 'Cannot send messages to this user'],
  notATextChannel: [400, 50008, 'Cannot send messages in a non-text channel'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  bulkDeleteCount: [
    400,
    50016,
    'Provided too few or too many messages to delete. Must provide at least 2 and at most 100',
  ],
  systemMessage: [403, 50021, 'Cannot execute action on a system message'],
  invalidChannelType: [400, 50024, 'Cannot execute action on this channel type'],
  invalidRecipient: [400, 50033, 'Invalid Recipient(s)'],
  invalidToken: [401, 50027, 'Invalid Webhook Token'],
  bulkDeleteAge: [400, 50034, 'You can only bulk delete messages that are under 14 days old.'],
  archivedThread: [400, 50083, 'Thread is archived'],
  invalidBody: [400, 50109, 'The request body contains invalid JSON.'],
  replyWithoutHistory: [400, 160002, 'Cannot reply without permission to read message history'],
  threadExists: [400, 160004, 'A thread has already been created for this message'],
  lockedThread: [400, 160005, 'Thread is locked'],
  blockedMessage: [400, 200000, 'Message was blocked by automatic moderation'],
  blockedTitle: [400, 200001, 'Title was blocked by automatic moderation'],
  webhookWithoutThread: [400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id'],
  webhookThreadTwice: [400, 220002, 'Webhooks posted to forum channels cannot have both a thread_name and thread_id'],
  webhookThreadOutsideForum: [400, 220003, 'Webhooks can only create threads in forum channels'],
  tooManyThreads: [400, 160006, 'Maximum number of active threads reached'],
  uploadsLimited: [403, 400001, 'Access to file uploads has been limited for this guild'],
} as const satisfies Record<string, readonly [number, number, string]>;

export type KnownError = keyof typeof KNOWN;

/** One of Discord's documented errors. */
export function apiError(name: KnownError): DiscordApiError {
  const [status, code, message] = KNOWN[name];
  return new DiscordApiError(status, code, message);
}

/** 50035 with one complaint about one field; `path` is the way to the field: `data.components.0`. */
export function invalidForm(path: string, code: string, message: string): DiscordApiError {
  const leaf: object = { _errors: [{ code, message }] };
  const errors = path
    .split('.')
    .reverse()
    .reduce((inner: object, key) => ({ [key]: inner }), leaf);
  return new DiscordApiError(400, 50035, 'Invalid Form Body', errors);
}

/** Refuses with 50035 what cannot be an id. */
export function requireSnowflake(path: string, value: string): void {
  if (/^(0|[1-9]\d{0,19})$/.test(value)) return;
  throw invalidForm(path, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
}
