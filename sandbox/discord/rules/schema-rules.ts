import * as spec from 'discord-api-spec/zod';
import { record, valueAt } from './json-rules.ts';
import { type PayloadKind, type PayloadProblem, type Problems, problem } from './problem-rules.ts';

/** The part of a zod issue that we read. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly origin?: string;
  readonly expected?: string;
  readonly format?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** What every schema of the spec can do. */
export interface SpecSchema {
  safeParse(body: unknown): { success: true } | { success: false; error: { readonly issues: readonly unknown[] } };
}

const CALLBACKS: Readonly<Record<number, SpecSchema>> = {
  1: spec.PongInteractionCallbackRequestSchema,
  4: spec.CreateMessageInteractionCallbackRequestSchema,
  5: spec.CreateMessageInteractionCallbackRequestSchema,
  6: spec.UpdateMessageInteractionCallbackRequestSchema,
  7: spec.UpdateMessageInteractionCallbackRequestSchema,
  8: spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  9: spec.ModalInteractionCallbackRequestSchema,
};

const REQUESTS: Readonly<Partial<Record<PayloadKind, SpecSchema>>> = {
  'message-create': spec.MessageCreateRequestSchema,
  'message-edit': spec.MessageEditRequestPartialSchema,
  'interaction-edit': spec.IncomingWebhookUpdateRequestPartialSchema,
  'follow-up': spec.IncomingWebhookInteractionRequestSchema,
  'webhook-execute': spec.IncomingWebhookRequestPartialSchema,
  'command-create': spec.ApplicationCommandCreateRequestSchema,
  'command-edit': spec.ApplicationCommandPatchRequestPartialSchema,
  'thread-from-message': spec.CreateTextThreadWithMessageRequestSchema,
  'thread-edit': spec.UpdateThreadRequestPartialSchema,
  'channel-edit': spec.UpdateGuildChannelRequestPartialSchema,
};

/** Checks a body against the request schema that Discord publishes for its route. */
export function* checkSchema(kind: PayloadKind, body: unknown): Problems {
  if (kind === 'commands') return yield* checkCommandList(body);
  if (kind === 'interaction-callback') return yield* checkCallback(body);
  if (kind === 'thread-create') return yield* parseWith(threadSchema(body), body);
  const schema = REQUESTS[kind];
  if (schema !== undefined) yield* parseWith(schema, body);
}

/** Runs one schema and translates what it finds into Discord's words. */
export function* parseWith(schema: SpecSchema, body: unknown): Problems {
  const result = schema.safeParse(body);
  if (result.success) return;
  for (const issue of result.error.issues) yield* translate(issue as Issue, body, []);
}

function threadSchema(body: unknown): SpecSchema {
  return 'message' in record(body)
    ? spec.CreateForumThreadRequestSchema
    : spec.CreateTextThreadWithoutMessageRequestSchema;
}

function* checkCallback(body: unknown): Problems {
  const type = record(body)['type'];
  const schema = typeof type === 'number' ? CALLBACKS[type] : undefined;
  if (schema === undefined) {
    yield problem('type', 'BASE_TYPE_CHOICES', `Value must be one of {${Object.keys(CALLBACKS).join(', ')}}.`);
    return;
  }
  yield* parseWith(schema, body);
}

function* checkCommandList(body: unknown): Problems {
  if (!Array.isArray(body)) {
    yield problem('', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
    return;
  }
  for (const [index, command] of body.entries()) {
    for (const found of parseWith(spec.ApplicationCommandUpdateRequestSchema, command)) {
      yield { ...found, path: found.path === '' ? `${index}` : `${index}.${found.path}` };
    }
  }
}

function* translate(issue: Issue, body: unknown, prefix: readonly PropertyKey[]): Problems {
  const path = [...prefix, ...issue.path];
  const value = valueAt(body, path);
  if (isTolerated(issue, path, value)) return;
  if (issue.code === 'invalid_union') return yield* translateUnion(issue, body, path);
  yield { ...describe(issue, value), path: path.map(String).join('.') };
}

/**
 * Discord takes and gives what the schema is too narrow for: permissions as text, file numbers, times with an offset.
 */
function isTolerated(issue: Issue, path: readonly PropertyKey[], value: unknown): boolean {
  if (path.at(-1) === 'default_member_permissions') return typeof value === 'string' && /^\d+$/.test(value);
  if (path.at(-1) === 'id' && path.at(-3) === 'attachments') return Number.isSafeInteger(value) && Number(value) >= 0;
  return issue.format === 'datetime' && typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*[+-]\d\d:\d\d$/.test(value);
}

/** Reports the alternative that the body most likely means: the one whose `type` fits and that complains least. */
function* translateUnion(issue: Issue, body: unknown, path: readonly PropertyKey[]): Problems {
  const branches = (issue.errors ?? []).map((issues) => ({ issues, cost: costOf(issues, body, path) }));
  const best = branches.toSorted((a, b) => a.cost - b.cost)[0];
  if (best === undefined || best.cost >= TYPE_MISFIT) {
    const message = 'Value of field "type" must be one of those allowed here.';
    yield problem(path.map(String).join('.'), 'UNION_TYPE_CHOICES', message);
    return;
  }
  for (const inner of best.issues) yield* translate(inner, body, path);
}

const TYPE_MISFIT = 1000;

function costOf(issues: readonly Issue[], body: unknown, path: readonly PropertyKey[]): number {
  let cost = 0;
  for (const issue of issues) {
    const isType = issue.path.length === 1 && issue.path[0] === 'type';
    const isMissing = valueAt(body, [...path, ...issue.path]) === undefined;
    if (isType) cost += TYPE_MISFIT;
    else cost += issue.code === 'invalid_type' && !isMissing ? 10 : 1;
  }
  return cost;
}

function describe(issue: Issue, value: unknown): Omit<PayloadProblem, 'path'> {
  if (value === undefined) return { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  switch (issue.code) {
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'invalid_format':
      return badFormat(issue, value);
    case 'invalid_value':
      return { code: 'BASE_TYPE_CHOICES', message: `Value must be one of {${(issue.values ?? []).join(', ')}}.` };
    default:
      return badType(issue, value);
  }
}

function tooBig({ origin, maximum }: Issue): Omit<PayloadProblem, 'path'> {
  if (origin === 'string' || origin === 'array')
    return { code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${maximum} or fewer in length.` };
  return { code: 'NUMBER_TYPE_MAX', message: `Value should be less than or equal to ${maximum}.` };
}

function tooSmall({ origin, minimum }: Issue): Omit<PayloadProblem, 'path'> {
  if (origin === 'string' || origin === 'array')
    return { code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${minimum} or more in length.` };
  return { code: 'NUMBER_TYPE_MIN', message: `Value should be greater than or equal to ${minimum}.` };
}

function badFormat({ format }: Issue, value: unknown): Omit<PayloadProblem, 'path'> {
  if (format === 'url') return { code: 'URL_TYPE_INVALID_URL', message: 'Not a well formed URL.' };
  if (format === 'datetime') return { code: 'DATE_TIME_TYPE_PARSE', message: `Could not parse ${value}.` };
  return { code: 'STRING_TYPE_REGEX', message: 'String value did not match validation regex.' };
}

const TYPE_CODES: Readonly<Record<string, string>> = {
  string: 'STRING_TYPE_CONVERT',
  number: 'NUMBER_TYPE_COERCE',
  int: 'NUMBER_TYPE_COERCE',
  boolean: 'BOOLEAN_TYPE_CONVERT',
  array: 'LIST_TYPE_CONVERT',
  object: 'DICT_TYPE_CONVERT',
  record: 'DICT_TYPE_CONVERT',
};

function badType({ expected = 'value' }: Issue, value: unknown): Omit<PayloadProblem, 'path'> {
  return {
    code: TYPE_CODES[expected] ?? 'BASE_TYPE_BAD_TYPE',
    message: `Value of type ${value === null ? 'null' : typeof value} is not ${expected}.`,
  };
}
