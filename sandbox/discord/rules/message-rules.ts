import { checkMessageComponents } from './components-rules.ts';
import { integer, isGiven, list, record, text } from './json-rules.ts';
import { checkAddress, checkFiles, checkMedia, knownNames } from './media-rules.ts';
import { at, type ExistingMessage, type PayloadFile, type Problems, problem } from './problem-rules.ts';

/** Message flags, as Discord numbers them. */
const FLAG = {
  crossposted: 1 << 0,
  isCrosspost: 1 << 1,
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  isVoiceMessage: 1 << 13,
  isComponentsV2: 1 << 15,
} as const;

const CREATE_FLAGS = FLAG.suppressEmbeds | FLAG.suppressNotifications | FLAG.isVoiceMessage | FLAG.isComponentsV2;
/** Flags a bot may send, by what it does; those of an edit are taken or ignored. */
export const ALLOWED_FLAGS = {
  create: CREATE_FLAGS,
  answer: CREATE_FLAGS | FLAG.ephemeral,
  defer: FLAG.ephemeral,
} as const;

/** How a message body is meant. */
export interface MessageUse {
  /** Where the message stands in the body: `''`, `data` or `message`. */
  readonly path: string;
  readonly does: 'create' | 'answer' | 'edit';
  readonly files: readonly PayloadFile[];
  /** The message being edited, where it is known. */
  readonly existing?: ExistingMessage | undefined;
}

/** The documented rules for a message body that Discord's schema lacks. */
export function* checkMessage(body: unknown, use: MessageUse): Problems {
  const { path, does, files, existing } = use;
  const message = record(body);
  const isEdit = does === 'edit';
  const isV2 = hasV2(message['flags']) || (isEdit && hasV2(existing?.flags));
  const names = knownNames(body, files, existing, isEdit);
  if (does !== 'edit') yield* checkFlags(message['flags'], at(path, 'flags'), ALLOWED_FLAGS[does]);
  yield* isV2 ? checkV2(body, use) : checkNotEmpty(body, use);
  yield* checkContent(message['content'], at(path, 'content'));
  yield* checkEmbeds(message['embeds'], at(path, 'embeds'), names);
  yield* checkAllowedMentions(message['allowed_mentions'], at(path, 'allowed_mentions'));
  yield* checkMessageComponents(message['components'], at(path, 'components'), isV2);
  yield* checkMedia(message['components'], at(path, 'components'), names);
  yield* checkFiles(body, path, files, existing, isEdit);
}

export function hasV2(flags: unknown): boolean {
  return (integer(flags, 0) & FLAG.isComponentsV2) !== 0;
}

/** Refuses flags outside `allowed`. */
export function* checkFlags(flags: unknown, path: string, allowed: number): Problems {
  if (!Number.isInteger(flags)) return;
  const refused = BigInt(integer(flags, 0)) & ~BigInt(allowed);
  if (refused !== 0n) yield problem(path, 'MESSAGE_FLAGS_NOT_ALLOWED', `Flags ${refused} cannot be set here`);
}

const LEGACY = ['content', 'embeds', 'poll', 'sticker_ids'] as const;

function* checkV2(body: unknown, { path, does, existing }: MessageUse): Problems {
  const message = record(body);
  for (const field of LEGACY) {
    const staysFromBefore = does === 'edit' && message[field] === undefined && isGiven(record(existing)[field]);
    if (isGiven(message[field]) || staysFromBefore) {
      const text = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      yield problem(at(path, field), 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', text);
    }
  }
  const mayOmit =
    does === 'edit' && message['components'] === undefined && hasV2(existing?.flags ?? FLAG.isComponentsV2);
  if (!isGiven(message['components']) && !mayOmit)
    yield problem(at(path, 'components'), 'BASE_TYPE_REQUIRED', 'This field is required');
}

const CONTENTS = ['content', 'embeds', 'sticker_ids', 'components', 'poll', 'shared_client_theme', 'message_reference'];

function* checkNotEmpty(body: unknown, { path, does, files }: MessageUse): Problems {
  const message = record(body);
  if (does === 'edit' || files.length > 0 || CONTENTS.some((field) => isGiven(message[field]))) return;
  yield problem(path, 'MESSAGE_EMPTY', 'Cannot send an empty message');
}

function* checkContent(content: unknown, path: string): Problems {
  const length = text(content).length;
  if (length > 2000 && length <= 4000) yield problem(path, 'BASE_TYPE_MAX_LENGTH', 'Must be 2000 or fewer in length.');
}

function* checkEmbeds(embeds: unknown, path: string, names: ReturnType<typeof knownNames>): Problems {
  const entries = list(embeds).map(record);
  if (entries.reduce((sum, embed) => sum + embedLength(embed), 0) > 6000)
    yield problem(path, 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  for (const [index, embed] of entries.entries()) {
    for (const key of ['image', 'thumbnail']) {
      const url = text(record(embed[key])['url']);
      if (url !== '') yield* checkAddress({ url, path: at(path, index, key, 'url'), isFile: false }, names);
    }
    yield* checkEmbedFields(embed['fields'], at(path, index, 'fields'));
  }
}

/** White space alone is nothing. */
function* checkEmbedFields(fields: unknown, path: string): Problems {
  for (const [index, field] of list(fields).map(record).entries()) {
    for (const key of ['name', 'value']) {
      const value = field[key];
      if (typeof value === 'string' && value.trim() === '')
        yield problem(at(path, index, key), 'BASE_TYPE_REQUIRED', 'This field is required');
    }
  }
}

function embedLength(embed: Readonly<Record<string, unknown>>): number {
  const fields = list(embed['fields']).map(record);
  const parts = [
    embed['title'],
    embed['description'],
    record(embed['footer'])['text'],
    record(embed['author'])['name'],
  ];
  for (const field of fields) parts.push(field['name'], field['value']);
  return parts.reduce<number>((sum, part) => sum + text(part).length, 0);
}

function* checkAllowedMentions(mentions: unknown, path: string): Problems {
  const { parse, users, roles } = record(mentions);
  for (const [name, ids] of Object.entries({ users, roles })) {
    if (!list(parse).includes(name) || !isGiven(ids)) continue;
    const message = `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`;
    yield problem(path, 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
  }
  for (const [name, ids] of Object.entries({ users, roles })) {
    if (new Set(list(ids)).size !== list(ids).length)
      yield problem(at(path, name), 'SET_TYPE_CONTAINS_DUPLICATES', 'The set already contains this value.');
  }
}
