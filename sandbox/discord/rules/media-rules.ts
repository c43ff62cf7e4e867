import { MAX_FILE_BYTES, MAX_REQUEST_BYTES } from '../discord-numbers.ts';
import { COMPONENT, walkComponents } from './components-rules.ts';
import { isGiven, list, record, text } from './json-rules.ts';
import { at, type ExistingMessage, type PayloadFile, type Problems, problem } from './problem-rules.ts';

const MAX_FILES = 10;

/** A media address in a component or embed and where it stands. */
export interface PlacedMedia {
  readonly url: string;
  readonly path: string;
  /** Whether it may only be `attachment://name`. */
  readonly isFile: boolean;
}

/** Which file names `attachment://` may use; `undefined` where kept files are not known. */
export type KnownNames = ReadonlySet<string> | undefined;

/** Files: how many, how large, and that `attachments` names only files that are there. */
export function* checkFiles(
  body: unknown,
  path: string,
  files: readonly PayloadFile[],
  existing: ExistingMessage | undefined,
  isEdit: boolean,
): Problems {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length > MAX_FILES)
    yield problem(at(path, 'attachments'), 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_FILES} or fewer in length.`);
  const maxTotal = Math.max(MAX_REQUEST_BYTES, ...files.map(({ maxSize = 0 }) => maxSize));
  if (total > maxTotal || files.some(({ size, maxSize = MAX_FILE_BYTES }) => size > maxSize))
    yield problem('', 'REQUEST_ENTITY_TOO_LARGE', 'Request entity too large');
  const attachments = record(body)['attachments'];
  if (isGiven(attachments)) yield* checkAttachmentIds(attachments, at(path, 'attachments'), files, existing, isEdit);
  if (isEdit && Array.isArray(attachments)) yield* checkListed(attachments, at(path, 'attachments'), files);
}

function* checkAttachmentIds(
  attachments: unknown,
  path: string,
  files: readonly PayloadFile[],
  existing: ExistingMessage | undefined,
  isEdit: boolean,
): Problems {
  const uploaded = new Set(files.map((file) => String(file.id)));
  const kept = existing?.attachments?.map((attachment) => attachment.id);
  const seen = new Set<string>();
  for (const [index, entry] of list(attachments).entries()) {
    const id = String(record(entry)['id']);
    const mayBeKept = isEdit && id.length >= 17 && (kept === undefined || kept.includes(id));
    if (!uploaded.has(id) && !mayBeKept)
      yield problem(at(path, index, 'id'), 'ATTACHMENT_NOT_FOUND', `Attachment ${id} could not be found`);
    if (seen.has(id)) yield problem(at(path, index, 'id'), 'ATTACHMENT_ID_DUPLICATED', 'Attachment ids must be unique');
    seen.add(id);
  }
}

/** An edit's `attachments` lists every file the message shall have, new ones too. */
function* checkListed(attachments: unknown, path: string, files: readonly PayloadFile[]): Problems {
  const listed = new Set(list(attachments).map((entry) => String(record(entry)['id'])));
  for (const file of files) {
    if (!listed.has(String(file.id)))
      yield problem(path, 'ATTACHMENT_NOT_LISTED', `files[${file.id}] is not among the attachments to keep`);
  }
}

/** The names a body's `attachment://` addresses may use: its own files and those an edit keeps. */
export function knownNames(
  body: unknown,
  files: readonly PayloadFile[],
  existing: ExistingMessage | undefined,
  isEdit: boolean,
): KnownNames {
  const names = new Set(files.map((file) => file.name));
  const attachments = record(body)['attachments'];
  for (const entry of list(attachments)) names.add(text(record(entry)['filename']));
  if (!isEdit) return names;
  const keepsAll = !Array.isArray(attachments);
  const keptIds = new Set(list(attachments).map((entry) => String(record(entry)['id'])));
  for (const attachment of existing?.attachments ?? []) {
    if (keepsAll || keptIds.has(attachment.id)) names.add(attachment.filename);
  }
  const mayKeepUnknown = keepsAll || [...keptIds].some((id) => id.length >= 17);
  return existing?.attachments === undefined && mayKeepUnknown ? undefined : names;
}

/** Every media address of a body's components. */
export function* mediaOf(components: unknown, path: string): Generator<PlacedMedia, void, undefined> {
  for (const { component, path: here } of walkComponents(components, path)) {
    const type = component['type'];
    if (type === COMPONENT.thumbnail) yield toMedia(component['media'], at(here, 'media', 'url'), false);
    if (type === COMPONENT.file) yield toMedia(component['file'], at(here, 'file', 'url'), true);
    if (type !== COMPONENT.mediaGallery) continue;
    for (const [index, item] of list(component['items']).entries())
      yield toMedia(record(item)['media'], at(here, 'items', index, 'media', 'url'), false);
  }
}

function toMedia(media: unknown, path: string, isFile: boolean): PlacedMedia {
  return { url: text(record(media)['url']), path, isFile };
}

/** Media addresses are `attachment://` with the name of a file that is there, or (but for a file component) http(s). */
export function* checkMedia(components: unknown, path: string, names: KnownNames): Problems {
  for (const media of mediaOf(components, path)) {
    if (media.url !== '') yield* checkAddress(media, names);
  }
}

const SCHEME_MESSAGE = "Scheme must be one of ('http', 'https', 'attachment').";

export function* checkAddress({ url, path, isFile }: PlacedMedia, names: KnownNames): Problems {
  const name = attachmentName(url);
  if (name === undefined && isFile)
    yield problem(path, 'URL_TYPE_INVALID_SCHEME', "Scheme must be one of ('attachment',).");
  if (name === undefined && !isFile && !/^https?:\/\//i.test(url))
    yield problem(path, 'URL_TYPE_INVALID_SCHEME', SCHEME_MESSAGE);
  if (name !== undefined && names !== undefined && !names.has(name)) {
    const code = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
    yield problem(path, code, `The referenced attachment "${name}" was not found`);
  }
}

/** The file name in `attachment://name`; `undefined` for any other address. */
export function attachmentName(url: string): string | undefined {
  return /^attachment:\/\/(.+)$/.exec(url)?.[1];
}
