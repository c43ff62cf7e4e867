import { ComponentKind } from '../discord-numbers.ts';
import { isObject, type JsonObject, toNumber, toObject, toObjects, toStrings, toText } from '../json.ts';
import type { UploadedFile } from '../world/attachment-store.ts';
import { flatten } from '../world/components.ts';
import type { ResolvedBuilder } from '../world/resolved.ts';
import { PersonError } from './person-error.ts';
import { checkSelectValues } from './select-values.ts';

const Kind = ComponentKind;

export type ModalValue = string | readonly string[] | readonly UploadedFile[];

export interface ModalContext {
  readonly values: Readonly<Record<string, ModalValue>>;
  readonly resolved: ResolvedBuilder;
  /** Keeps an uploaded file and gives its id. */
  readonly keepFile: (file: UploadedFile) => string;
}

/**
 * A modal's `components` as they are sent in, with what was filled in; refuses what Discord's client would not send.
 */
export function toModalComponents(components: unknown, context: ModalContext): readonly JsonObject[] {
  const known = new Set(flatten(components).map((component) => component['custom_id']));
  const unknown = Object.keys(context.values).find((customId) => !known.has(customId));
  if (unknown !== undefined) throw new PersonError('unknown-component', `The form has no field ${unknown}`);
  return toObjects(components).map((component) => toSent(component, context));
}

function toSent(component: JsonObject, context: ModalContext): JsonObject {
  const { type, id } = component;
  if (type === Kind.Label) return { type, id, component: toSent(toObject(component['component']), context) };
  if (type === Kind.ActionRow) {
    return { type, id, components: toObjects(component['components']).map((child) => toSent(child, context)) };
  }
  if (type === Kind.TextDisplay) return { type, id };
  const base = { type, id, custom_id: component['custom_id'] };
  const value = context.values[toText(component['custom_id']) ?? ''];
  if (type === Kind.TextInput) return { ...base, value: toTextValue(component, value) };
  if (type === Kind.FileUpload) return { ...base, values: toFileIds(component, value, context) };
  if (type === Kind.Checkbox)
    return { ...base, value: value === undefined ? component['default'] === true : value === 'true' };
  const values = toChosen(component, value);
  if (type === Kind.RadioGroup) return { ...base, value: values[0] ?? null };
  checkSelectValues(component, values, context.resolved);
  return { ...base, values };
}

function nameOf(component: JsonObject): string {
  return toText(component['custom_id']) ?? 'field';
}

function isRequired(component: JsonObject): boolean {
  return component['required'] !== false;
}

function toTextValue(component: JsonObject, value: ModalValue | undefined): string {
  const text = value ?? toText(component['value']) ?? '';
  if (typeof text !== 'string') throw new PersonError('invalid-value', `${nameOf(component)} takes a text`);
  if (text === '' && isRequired(component)) throw new PersonError('missing-option', `${nameOf(component)} is required`);
  const isTooShort = text !== '' && text.length < (toNumber(component['min_length']) ?? 0);
  if (isTooShort) throw new PersonError('invalid-value', `${nameOf(component)} is too short`);
  const isTooLong = text.length > (toNumber(component['max_length']) ?? 4_000);
  if (isTooLong) throw new PersonError('invalid-value', `${nameOf(component)} is too long`);
  return text;
}

function toChosen(component: JsonObject, value: ModalValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value !== undefined) return value.filter((item): item is string => typeof item === 'string');
  const defaults = toObjects(component['default_values']).map((item) => toText(item['id']) ?? '');
  const preset = toObjects(component['options']).filter((option) => option['default'] === true);
  return [...defaults, ...preset.map((option) => toText(option['value']) ?? '')];
}

function toFileIds(component: JsonObject, value: ModalValue | undefined, context: ModalContext): readonly string[] {
  const files = (Array.isArray(value) ? value : []).filter((item): item is UploadedFile => isObject(item));
  const min = isRequired(component) ? (toNumber(component['min_values']) ?? 1) : 0;
  const max = toNumber(component['max_values']) ?? 1;
  if (files.length < min) throw new PersonError('missing-option', `${nameOf(component)} needs a file`);
  if (files.length > max) throw new PersonError('invalid-value', `${nameOf(component)} takes at most ${max} files`);
  const types = toStrings(component['file_types']);
  const other = files.find((file) => types.length > 0 && !types.some((type) => isOfType(file, type)));
  if (other !== undefined) throw new PersonError('invalid-value', `${nameOf(component)} does not take ${other.name}`);
  return files.map(context.keepFile);
}

/** `type` is `image`, `video`, `audio` or an ending such as `.pdf`. */
function isOfType({ name, contentType }: UploadedFile, type: string): boolean {
  if (type.startsWith('.')) return name.toLowerCase().endsWith(type.toLowerCase());
  return contentType.startsWith(`${type}/`);
}
