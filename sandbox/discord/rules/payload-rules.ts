import { checkCallback } from './callback-rules.ts';
import { checkCommand, checkCommands } from './commands-rules.ts';
import { checkMessage } from './message-rules.ts';
import {
  type ExistingMessage,
  type PayloadFile,
  type PayloadKind,
  type PayloadProblem,
  type Problems,
  problem,
} from './problem-rules.ts';
import { checkSchema } from './schema-rules.ts';

export type { ExistingMessage, PayloadFile, PayloadKind, PayloadProblem } from './problem-rules.ts';

/** Discord's nested errors: keys are path steps, `_errors` holds what is wrong at that place. */
export interface FormErrors {
  readonly [step: string]: FormErrors | readonly { readonly code: string; readonly message: string }[];
}

/** The body of a 400 with code 50035. */
export interface InvalidFormBody {
  readonly code: 50035;
  readonly message: 'Invalid Form Body';
  readonly errors: FormErrors;
}

/** An HTTP status and the body that goes with it. */
export interface Refusal {
  readonly status: 400 | 413;
  readonly body: InvalidFormBody | { readonly code: number; readonly message: string };
}

/**
 * Everything that Discord refuses about a body: its published schema first, then the documented rules the schema lacks.
 * `existing` is the message that an edit (or an update callback) changes; without it, what is kept is given the
 * benefit of the doubt.
 */
export function checkPayload(
  kind: PayloadKind,
  body: unknown,
  files: readonly PayloadFile[] = [],
  existing?: ExistingMessage,
): readonly PayloadProblem[] {
  const found = [...checkSchema(kind, body), ...checkDocumented(kind, body, files, existing)];
  const byPlace = new Map<string, PayloadProblem>();
  for (const problem of found) {
    const key = `${problem.path} ${problem.code}`;
    if (!byPlace.has(key)) byPlace.set(key, problem);
  }
  return [...byPlace.values()];
}

function* checkDocumented(
  kind: PayloadKind,
  body: unknown,
  files: readonly PayloadFile[],
  existing: ExistingMessage | undefined,
): Problems {
  switch (kind) {
    case 'message-create':
      return yield* checkMessage(body, { path: '', does: 'create', files });
    case 'follow-up':
      return yield* checkMessage(body, { path: '', does: 'answer', files });
    case 'message-edit':
    case 'interaction-edit':
      return yield* checkMessage(body, { path: '', does: 'edit', files, existing });
    case 'interaction-callback':
      return yield* checkCallback(body, files, existing);
    case 'thread-create':
      return yield* checkForumPost(body, files);
    case 'thread-edit':
      return yield* checkThreadName(body);
    case 'commands':
      return yield* checkCommands(body);
    case 'command-create':
    case 'command-edit':
      return yield* checkCommand(body, '', kind === 'command-edit');
    default:
  }
}

function* checkForumPost(body: unknown, files: readonly PayloadFile[]): Problems {
  if (typeof body !== 'object' || body === null || !('message' in body)) return;
  yield* checkMessage(body.message, { path: 'message', does: 'create', files });
}

function* checkThreadName(body: unknown): Problems {
  if (typeof body !== 'object' || body === null || !('name' in body) || body.name !== '') return;
  yield problem('name', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
}

/** Problems in the shape in which Discord sends them. */
export function toInvalidFormBody(problems: readonly PayloadProblem[]): InvalidFormBody {
  const errors: MutableErrors = {};
  for (const { path, code, message } of problems) {
    let place = errors;
    for (const step of path === '' ? [] : path.split('.')) {
      place.steps ??= Object.create(null) as Record<string, MutableErrors>;
      place.steps[step] ??= {};
      place = place.steps[step];
    }
    place.found ??= [];
    place.found.push({ code, message });
  }
  return { code: 50035, message: 'Invalid Form Body', errors: freeze(errors) };
}

interface MutableErrors {
  found?: { code: string; message: string }[];
  steps?: Record<string, MutableErrors>;
}

function freeze({ found, steps = {} }: MutableErrors): FormErrors {
  const inner = Object.entries(steps).map(([step, place]) => [step, freeze(place)] as const);
  return { ...Object.fromEntries(inner), ...(found === undefined ? {} : { _errors: found }) };
}

/** The whole refusal: 413 with 40005 for too much data, 50006 for an empty message, else 50035. */
export function toRefusal(problems: readonly PayloadProblem[]): Refusal {
  if (problems.some((problem) => problem.code === 'REQUEST_ENTITY_TOO_LARGE'))
    return { status: 413, body: { code: 40005, message: 'Request entity too large' } };
  if (problems.length > 0 && problems.every((problem) => problem.code === 'MESSAGE_EMPTY'))
    return { status: 400, body: { code: 50006, message: 'Cannot send an empty message' } };
  return { status: 400, body: toInvalidFormBody(problems) };
}
