import { isUnicodeEmoji } from '../emoji.ts';
import { integer, isGiven, type JsonRecord, list, record, text } from './json-rules.ts';
import { at, type Problems, problem } from './problem-rules.ts';

/** Discord's component types, by number. */
export const COMPONENT = {
  actionRow: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  textDisplay: 10,
  thumbnail: 11,
  mediaGallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
} as const;

const SELECTS: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 8]);
const V2_ONLY: ReadonlySet<unknown> = new Set([9, 10, 11, 12, 13, 14, 17]);
const MAX_COMPONENTS = 40;
const MAX_TEXT = 4000;

/** A component and where it stands in the body. */
export interface PlacedComponent {
  readonly component: JsonRecord;
  readonly path: string;
}

/** Every component of a tree, nested ones and accessories counted, parents first. */
export function* walkComponents(components: unknown, path: string): Generator<PlacedComponent, void, undefined> {
  for (const [index, entry] of list(components).entries()) yield* walkOne(record(entry), at(path, index));
}

function* walkOne(component: JsonRecord, path: string): Generator<PlacedComponent, void, undefined> {
  yield { component, path };
  yield* walkComponents(component['components'], at(path, 'components'));
  for (const key of ['accessory', 'component']) {
    if (key in component) yield* walkOne(record(component[key]), at(path, key));
  }
}

/** The documented rules for a message's components that Discord's schema lacks. */
export function* checkMessageComponents(components: unknown, path: string, isV2: boolean): Problems {
  const placed = [...walkComponents(components, path)];
  yield* isV2 ? checkTotals(placed, path) : checkClassic(components, path);
  yield* checkUnique(placed);
  for (const { component, path: here } of placed) yield* checkOne(component, here);
}

function* checkClassic(components: unknown, path: string): Problems {
  if (list(components).length > 5) yield problem(path, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  for (const [index, entry] of list(components).entries()) {
    if (V2_ONLY.has(record(entry)['type']))
      yield problem(at(path, index), 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
  }
}

function* checkTotals(placed: readonly PlacedComponent[], path: string): Problems {
  if (placed.length > MAX_COMPONENTS) {
    const message = `The total number of components exceeds the maximum of ${MAX_COMPONENTS}`;
    yield problem(path, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message);
  }
  if (countText(placed) > MAX_TEXT) {
    const message = `The total displayable text size exceeds the maximum of ${MAX_TEXT}`;
    yield problem(path, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message);
  }
}

/** Characters in all text displays together. */
export function countText(placed: Iterable<PlacedComponent>): number {
  let count = 0;
  for (const { component } of placed) {
    if (component['type'] === COMPONENT.textDisplay) count += text(component['content']).length;
  }
  return count;
}

/** Reports a `custom_id` or a component `id` that stands twice in one tree. */
export function* checkUnique(placed: readonly PlacedComponent[]): Problems {
  const seen = new Set<unknown>();
  for (const { component, path } of placed) {
    const customId = component['custom_id'];
    if (typeof customId === 'string' && seen.has(customId))
      yield problem(
        at(path, 'custom_id'),
        'COMPONENT_CUSTOM_ID_DUPLICATED',
        'Component custom id cannot be duplicated',
      );
    const id = component['id'];
    if (typeof id === 'number' && id !== 0 && seen.has(id))
      yield problem(at(path, 'id'), 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
    seen.add(customId).add(id);
  }
}

function* checkOne(component: JsonRecord, path: string): Problems {
  const type = component['type'];
  if (type === COMPONENT.actionRow) yield* checkActionRow(component, path);
  if (type === COMPONENT.button) yield* checkButton(component, path);
  if (SELECTS.has(type)) yield* checkSelect(component, path);
}

function* checkActionRow(row: JsonRecord, path: string): Problems {
  const inner = list(row['components']);
  const hasSelect = inner.some((entry) => SELECTS.has(record(entry)['type']));
  if (hasSelect && inner.length > 1) {
    const message = 'The specified component exceeds the maximum width';
    yield problem(at(path, 'components', 1), 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  }
}

const LINK_STYLE = 5;
const PREMIUM_STYLE = 6;

function* checkButton(button: JsonRecord, path: string): Problems {
  const style = button['style'];
  if (style === PREMIUM_STYLE) return yield* checkPremiumButton(button, path);
  if (!isGiven(button['label']) && !isGiven(button['emoji']))
    yield problem(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A button must have a label or an emoji');
  yield* forbid(button, path, ['sku_id'], 'A button of this style cannot have it');
  yield* checkEmoji(button['emoji'], at(path, 'emoji'));
  if (style === LINK_STYLE) return yield* checkLinkButton(button, path);
  yield* forbid(button, path, ['url'], 'A custom id and url cannot both be specified');
  if (!isGiven(button['custom_id']))
    yield problem(at(path, 'custom_id'), 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
}

function* checkLinkButton(button: JsonRecord, path: string): Problems {
  yield* forbid(button, path, ['custom_id'], 'A custom id and url cannot both be specified');
  const url = button['url'];
  if (!isGiven(url)) yield problem(at(path, 'url'), 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
  if (isGiven(url) && !/^(?:https?|discord):\/\//i.test(text(url))) {
    const message = "Scheme must be one of ('http', 'https', 'discord').";
    yield problem(at(path, 'url'), 'URL_TYPE_INVALID_SCHEME', message);
  }
}

function* checkPremiumButton(button: JsonRecord, path: string): Problems {
  if (!isGiven(button['sku_id']))
    yield problem(at(path, 'sku_id'), 'BUTTON_COMPONENT_SKU_ID_REQUIRED', 'A SKU id is required');
  yield* forbid(button, path, ['custom_id', 'label', 'url', 'emoji'], 'A premium button cannot have it');
}

function* forbid(component: JsonRecord, path: string, keys: readonly string[], message: string): Problems {
  for (const key of keys) {
    if (isGiven(component[key])) yield problem(at(path, key), 'BUTTON_COMPONENT_INVALID_FIELD', message);
  }
}

function* checkEmoji(emoji: unknown, path: string): Problems {
  if (!isGiven(emoji) || isGiven(record(emoji)['id'])) return;
  if (!isUnicodeEmoji(text(record(emoji)['name'])))
    yield problem(at(path, 'name'), 'COMPONENT_INVALID_EMOJI', 'Invalid emoji');
}

/** The rules for a select wherever it stands, in a message or in a modal. */
export function* checkSelect(select: JsonRecord, path: string): Problems {
  const min = integer(select['min_values'], 1);
  const max = integer(select['max_values'], 1);
  if (min > max)
    yield problem(at(path, 'min_values'), 'SELECT_COMPONENT_MIN_ABOVE_MAX', 'min_values must not exceed max_values');
  if (list(select['default_values']).length > max)
    yield problem(at(path, 'default_values'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  if (select['type'] === COMPONENT.stringSelect) yield* checkOptions(select, path, Math.max(min, max), max);
}

function* checkOptions(select: JsonRecord, path: string, needed: number, max: number): Problems {
  const options = list(select['options']).map(record);
  if (options.length > 0 && options.length < needed)
    yield problem(at(path, 'options'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${needed} and 25 in length.`);
  if (options.filter((option) => option['default'] === true).length > max)
    yield problem(at(path, 'options'), 'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES', 'Too many default options');
  yield* checkOptionValues(options, at(path, 'options'));
}

/** Option values are unique within their component; emojis of options are real ones. */
export function* checkOptionValues(options: readonly JsonRecord[], path: string): Problems {
  const seen = new Set<unknown>();
  for (const [index, option] of options.entries()) {
    const value = option['value'];
    if (seen.has(value)) {
      const message = 'The specified option value is already used';
      yield problem(at(path, index, 'value'), 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message);
    }
    seen.add(value);
    yield* checkEmoji(option['emoji'], at(path, index, 'emoji'));
  }
}
