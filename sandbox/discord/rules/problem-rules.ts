/** A file of a multipart request: `id` is the n of `files[n]`, sizes are in bytes. */
export interface PayloadFile {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** What the server that it goes to takes; default 10 MiB. */
  readonly maxSize?: number;
}

/**
 * One reason to refuse a body: `path` is dotted, as in `components.0.components.1.custom_id`; `code` is spelled
 * as Discord spells it.
 */
export interface PayloadProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What a body is for: the route it goes to. */
export type PayloadKind =
  | 'message-create'
  | 'message-edit'
  | 'interaction-callback'
  | 'interaction-edit'
  | 'follow-up'
  | 'webhook-execute'
  | 'commands'
  | 'command-create'
  | 'command-edit'
  | 'thread-create'
  | 'thread-from-message'
  | 'thread-edit'
  | 'channel-edit';

/** The message that an edit changes, as far as the rules look at it; an `APIMessage` fits. */
export interface ExistingMessage {
  readonly flags?: number;
  readonly content?: string;
  readonly embeds?: readonly unknown[];
  readonly attachments?: readonly { readonly id: string; readonly filename: string }[];
}

/** A stream of problems: rules are generators, so that one body can show everything that is wrong with it. */
export type Problems = Generator<PayloadProblem, void, undefined>;

export function problem(path: string, code: string, message: string): PayloadProblem {
  return { path, code, message };
}

/** Joins path steps with dots; an empty step is left out. */
export function at(...steps: readonly (string | number)[]): string {
  return steps.filter((step) => step !== '').join('.');
}
