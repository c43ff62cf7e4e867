import { COMPONENT, checkOptionValues, checkSelect, checkUnique, walkComponents } from './components-rules.ts';
import { integer, isGiven, type JsonRecord, list, record, text } from './json-rules.ts';
import { at, type Problems, problem } from './problem-rules.ts';

/** The documented rules for a modal that Discord's schema lacks; `path` is where its data stands. */
export function* checkModal(data: unknown, path: string): Problems {
  const components = record(data)['components'];
  const here = at(path, 'components');
  if (list(components).length > 5) yield problem(here, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  yield* checkUnique([...walkComponents(components, here)]);
  for (const [index, entry] of list(components).entries()) yield* checkTop(record(entry), at(here, index));
}

function* checkTop(component: JsonRecord, path: string): Problems {
  if (component['type'] === COMPONENT.actionRow) yield* checkRow(component, path);
  if (component['type'] === COMPONENT.label) yield* checkLabel(component, path);
}

function* checkRow(row: JsonRecord, path: string): Problems {
  const inputs = list(row['components']).map(record);
  if (inputs.length > 1) {
    const message = 'The specified component exceeds the maximum width';
    yield problem(at(path, 'components', 1), 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  }
  for (const [index, input] of inputs.entries()) {
    if (!isGiven(input['label']))
      yield problem(at(path, 'components', index, 'label'), 'BASE_TYPE_REQUIRED', 'This field is required');
    yield* checkTextInput(input, at(path, 'components', index));
  }
}

function* checkLabel(label: JsonRecord, path: string): Problems {
  const inner = record(label['component']);
  const here = at(path, 'component');
  yield* checkInner(inner, here);
  if (inner['disabled'] === true)
    yield problem(at(here, 'disabled'), 'COMPONENT_DISABLED_IN_MODAL', 'A component in a modal cannot be disabled');
  const isOptional = inner['required'] === false;
  if (inner['min_values'] === 0 && !isOptional && inner['type'] !== COMPONENT.textInput)
    yield problem(at(here, 'min_values'), 'NUMBER_TYPE_MIN', 'min_values of 0 needs required: false');
}

function* checkInner(inner: JsonRecord, path: string): Problems {
  switch (inner['type']) {
    case COMPONENT.textInput:
      if (isGiven(inner['label']))
        yield problem(
          at(path, 'label'),
          'TEXT_INPUT_LABEL_IN_LABEL',
          'A text input in a label has no label of its own',
        );
      return yield* checkTextInput(inner, path);
    case COMPONENT.fileUpload:
      yield* checkMinMax(inner, path, 'min_values', 'max_values');
      return yield* checkFileTypes(inner['file_types'], at(path, 'file_types'));
    case COMPONENT.radioGroup:
    case COMPONENT.checkboxGroup:
      return yield* checkOptionValues(list(inner['options']).map(record), at(path, 'options'));
    default:
      return yield* checkSelect(inner, path);
  }
}

/** A kind of files, or an ending with its dot. */
const FILE_TYPE = /^(?:image|video|audio|\.[\w-]+)$/;

function* checkFileTypes(types: unknown, path: string): Problems {
  for (const [index, type] of list(types).entries()) {
    if (typeof type !== 'string' || FILE_TYPE.test(type)) continue;
    yield problem(at(path, index), 'STRING_TYPE_REGEX', 'String value did not match validation regex.');
  }
}

function* checkTextInput(input: JsonRecord, path: string): Problems {
  yield* checkMinMax(input, path, 'min_length', 'max_length');
  const value = text(input['value']);
  const min = integer(input['min_length'], 0);
  const max = integer(input['max_length'], 4000);
  if (value !== '' && value.length <= 4000 && (value.length < min || value.length > max))
    yield problem(at(path, 'value'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
}

/** Reports a lower bound above its upper bound. */
export function* checkMinMax(component: JsonRecord, path: string, minKey: string, maxKey: string): Problems {
  const min = component[minKey];
  const max = component[maxKey];
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    yield problem(at(path, minKey), 'NUMBER_TYPE_MAX', `Value should be less than or equal to ${max}.`);
}
