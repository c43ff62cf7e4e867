import { texts } from './json-rules.ts';
import { checkPayload, type ExistingMessage, type PayloadKind, toRefusal } from './payload-rules.ts';

/** A file as it arrived in a multipart request, without its bytes. */
export interface CheckedFile {
  /** The n of `files[n]`. */
  readonly id: number;
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes that the server which it goes to takes. */
  readonly maxSize?: number;
}

/** Why a body is refused, as Discord answers it; `status` is 400 where it is left out. */
export interface PayloadRefusal {
  readonly status?: number;
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
}

/**
 * Judges one request body. `route` is `POST /channels/{channel_id}/messages`, written as in Discord's OpenAPI;
 * `existing` is the message that the request changes.
 */
export type PayloadCheck = (
  route: string,
  body: unknown,
  files: readonly CheckedFile[],
  existing?: ExistingMessage,
) => PayloadRefusal | null;

/** Hears every answer, to check the stand-in itself; throws when the answer is not what Discord would send. */
export type ResponseCheck = (route: string, status: number, body: unknown) => void;

const WEBHOOK = '/webhooks/{webhook_id}/{webhook_token}';
const COMMANDS = '/applications/{application_id}/commands';
const GUILD_COMMANDS = '/applications/{application_id}/guilds/{guild_id}/commands';

const KINDS: Readonly<Record<string, PayloadKind>> = {
  'POST /channels/{channel_id}/messages': 'message-create',
  'PATCH /channels/{channel_id}/messages/{message_id}': 'message-edit',
  'POST /interactions/{interaction_id}/{interaction_token}/callback': 'interaction-callback',
  [`POST ${WEBHOOK}`]: 'follow-up',
  [`PATCH ${WEBHOOK}/messages/@original`]: 'interaction-edit',
  [`PATCH ${WEBHOOK}/messages/{message_id}`]: 'interaction-edit',
  [`PUT ${COMMANDS}`]: 'commands',
  [`POST ${COMMANDS}`]: 'command-create',
  [`PATCH ${COMMANDS}/{command_id}`]: 'command-edit',
  [`PUT ${GUILD_COMMANDS}`]: 'commands',
  [`POST ${GUILD_COMMANDS}`]: 'command-create',
  [`PATCH ${GUILD_COMMANDS}/{command_id}`]: 'command-edit',
  'POST /channels/{channel_id}/threads': 'thread-create',
  'POST /channels/{channel_id}/messages/{message_id}/threads': 'thread-from-message',
};

/** What a body on this route is, as far as there are rules for it. */
export function toPayloadKind(route: string): PayloadKind | undefined {
  return KINDS[route];
}

/** Discord cannot keep half a character in UTF-8, and says so no better than this. */
const HALF_CHARACTER: PayloadRefusal = { status: 500, code: 0, message: '500: Internal Server Error' };

/** Refuses what Discord's published schema and its documented rules refuse; bodies of other routes pass. */
export const checkByRules: PayloadCheck = (route, body, files, existing) => {
  const kind = KINDS[route];
  if (kind === undefined) return null;
  if (texts(body).some(([, text]) => !text.isWellFormed())) return HALF_CHARACTER;
  const problems = checkPayload(kind, body, files, existing);
  if (problems.length === 0) return null;
  const refusal = toRefusal(problems);
  return { status: refusal.status, ...refusal.body };
};
