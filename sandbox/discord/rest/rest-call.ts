import { type JsonObject, toObject } from '../json.ts';
import type { UploadedFile } from '../world/attachment-store.ts';
import type { StoredMessage } from '../world/world-records.ts';

/** One request after it was read and checked. */
export interface RestCall {
  /** As in Discord's OpenAPI: `POST /channels/{channel_id}/messages`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export interface RestReply {
  readonly status: number;
  readonly body?: unknown;
}

/** Does what a request asks, at once and as a whole; throws `DiscordApiError` for a refusal. */
export type RestHandler = (call: RestCall) => RestReply;

export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/channels/{channel_id}/messages`. */
  readonly path: string;
  readonly handle: RestHandler;
  /** Interaction routes carry their own token: no log-in, no global limit. */
  readonly isOpen?: boolean;
  /** The message that the request would change, for the checks of its body. */
  readonly changes?: (call: Pick<RestCall, 'params'>) => StoredMessage | undefined;
}

export function ok(body: unknown): RestReply {
  return { status: 200, body };
}

export function created(body: unknown): RestReply {
  return { status: 201, body };
}

export const noContent: RestReply = { status: 204 };

export function bodyOf(call: RestCall): JsonObject {
  return toObject(call.body);
}

export function paramOf(call: RestCall, name: string): string {
  return call.params[name] ?? '';
}
