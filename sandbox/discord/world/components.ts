import { ComponentKind } from '../discord-numbers.ts';
import { isObject, type JsonObject, toNumber, toObject, toObjects, toText } from '../json.ts';

const Kind = ComponentKind;

/**
 * Turns the url of a media item into what Discord answers for it, with the file's `name` and `size` where it is one.
 */
export type MediaResolver = (url: string) => JsonObject;

const SELECTS: readonly number[] = [
  Kind.StringSelect,
  Kind.UserSelect,
  Kind.RoleSelect,
  Kind.MentionableSelect,
  Kind.ChannelSelect,
];

export function isSelect(type: unknown): boolean {
  return typeof type === 'number' && SELECTS.includes(type);
}

function childrenOf(component: JsonObject): readonly JsonObject[] {
  const { accessory, component: labelled } = component;
  return [
    ...toObjects(component['components']),
    ...(isObject(accessory) ? [accessory] : []),
    ...(isObject(labelled) ? [labelled] : []),
  ];
}

/** All components, nested ones included, in reading order. */
export function flatten(components: unknown): readonly JsonObject[] {
  return toObjects(components).flatMap((component) => [component, ...flatten(childrenOf(component))]);
}

export function findByCustomId(components: unknown, customId: string): JsonObject | undefined {
  return flatten(components).find((component) => component['custom_id'] === customId);
}

/** The text that people read in components, for mentions. */
export function toComponentText(components: unknown): string {
  const texts = flatten(components).filter((component) => component['type'] === Kind.TextDisplay);
  return texts.map((component) => toText(component['content']) ?? '').join('\n');
}

/** The components as Discord answers them: every one with an `id`, defaults filled in, media resolved. */
export function normalizeComponents(components: unknown, resolve: MediaResolver): readonly JsonObject[] {
  const used = new Set(flatten(components).map((component) => toNumber(component['id']) ?? 0));
  let last = 0;
  const nextId = () => {
    do last += 1;
    while (used.has(last));
    return last;
  };
  const normalize = (component: JsonObject): JsonObject => {
    const id = toNumber(component['id']) ?? 0;
    const own = { ...component, id: id === 0 ? nextId() : id };
    return { ...own, ...toDefaults(own, resolve), ...normalizeChildren(own, normalize) };
  };
  return toObjects(components).map(normalize);
}

function normalizeChildren(component: JsonObject, normalize: (child: JsonObject) => JsonObject): JsonObject {
  const { components, accessory, component: labelled } = component;
  return {
    ...(Array.isArray(components) ? { components: toObjects(components).map(normalize) } : {}),
    ...(isObject(accessory) ? { accessory: normalize(accessory) } : {}),
    ...(isObject(labelled) ? { component: normalize(labelled) } : {}),
  };
}

function toMedia(value: unknown, resolve: MediaResolver): JsonObject {
  const { name: _name, size: _size, ...media } = resolve(toText(toObject(value)['url']) ?? '');
  return media;
}

function toDefaults(component: JsonObject, resolve: MediaResolver): JsonObject {
  const spoiler = component['spoiler'] === true;
  const description = component['description'] ?? null;
  if (isSelect(component['type'])) {
    return { min_values: component['min_values'] ?? 1, max_values: component['max_values'] ?? 1 };
  }
  switch (component['type']) {
    case Kind.Container:
      return { accent_color: component['accent_color'] ?? null, spoiler };
    case Kind.Separator:
      return { spacing: component['spacing'] ?? 1, divider: component['divider'] ?? true };
    case Kind.Thumbnail:
      return { media: toMedia(component['media'], resolve), description, spoiler };
    case Kind.MediaGallery:
      return { items: toObjects(component['items']).map((item) => toGalleryItem(item, resolve)) };
    case Kind.File:
      return toFileFields(component, resolve);
    default:
      return {};
  }
}

function toGalleryItem(item: JsonObject, resolve: MediaResolver): JsonObject {
  return {
    media: toMedia(item['media'], resolve),
    description: item['description'] ?? null,
    spoiler: item['spoiler'] === true,
  };
}

function toFileFields(component: JsonObject, resolve: MediaResolver): JsonObject {
  const { name, size, ...file } = resolve(toText(toObject(component['file'])['url']) ?? '');
  return { file, name: name ?? null, size: size ?? null, spoiler: component['spoiler'] === true };
}
