import { apiError, invalidForm } from '../api-error.ts';
import { type JsonObject, toText } from '../json.ts';
import type { DiscordWorld } from '../world/discord-world.ts';
import { bodyOf, created, noContent, ok, paramOf, type RestCall, type RestReply, type RestRoute } from './rest-call.ts';

const MAX_IMAGE_BYTES = 256 * 1024;
const NAME = /^\w{2,32}$/;
const IMAGE = /^data:image\/(png|jpe?g|gif|webp|avif);base64,([A-Za-z0-9+/]+={0,2})$/;

/** The emojis of the application. */
export function emojiRoutes(world: DiscordWorld): readonly RestRoute[] {
  const all = '/applications/{application_id}/emojis';
  const one = `${all}/{emoji_id}`;
  const id = (call: RestCall) => paramOf(requireOwn(world, call), 'emoji_id');
  return [
    {
      method: 'GET',
      path: all,
      handle: (call) => {
        requireOwn(world, call);
        return ok({ items: world.emojis.list() });
      },
    },
    { method: 'POST', path: all, handle: (call) => addEmoji(world, requireOwn(world, call)) },
    { method: 'GET', path: one, handle: (call) => ok(world.emojis.get(id(call))) },
    { method: 'PATCH', path: one, handle: (call) => ok(world.emojis.rename(id(call), toName(bodyOf(call)))) },
    {
      method: 'DELETE',
      path: one,
      handle: (call) => {
        world.emojis.delete(id(call));
        return noContent;
      },
    },
  ];
}

function requireOwn(world: DiscordWorld, call: RestCall): RestCall {
  if (paramOf(call, 'application_id') !== world.applicationId) throw apiError('notYourApplication');
  return call;
}

function addEmoji(world: DiscordWorld, call: RestCall): RestReply {
  const body = bodyOf(call);
  const name = toName(body);
  const [, kind = '', data = ''] = IMAGE.exec(toText(body['image']) ?? '') ?? [];
  if (kind === '') throw invalidForm('image', 'BASE_TYPE_REQUIRED', 'This field is required');
  if (Buffer.byteLength(data, 'base64') > MAX_IMAGE_BYTES) {
    throw invalidForm('image', 'BINARY_TYPE_MAX_SIZE', 'File cannot be larger than 256.0 kb.');
  }
  return created(world.emojis.add(name, kind === 'gif'));
}

function toName(body: JsonObject): string {
  const name = toText(body['name']) ?? '';
  if (name.length < 2 || name.length > 32) {
    throw invalidForm('name', 'BASE_TYPE_BAD_LENGTH', 'Must be between 2 and 32 in length.');
  }
  if (!NAME.test(name)) throw invalidForm('name', 'STRING_TYPE_REGEX', 'String value did not match validation regex.');
  return name;
}
