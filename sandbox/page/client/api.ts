import type { PageChoice, PageCommands, PageMessage, PageState } from '../server/page-api.ts';
import type { WorldMember } from '../server/page-world.ts';

/** Who acts and where; `action` names the result that comes through the event stream. */
export interface Actor {
  readonly as: string;
  readonly channelId: string;
  readonly action: string;
}

export async function read<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(`${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json() as Promise<T>;
}

async function change(path: string, body: BodyInit, headers: HeadersInit = {}): Promise<Response> {
  const response = await fetch(path, { method: 'POST', body, headers });
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Error(error ?? `The sandbox answered ${response.status}`);
}

export function postJson(path: string, data: object): Promise<Response> {
  return change(path, JSON.stringify(data), { 'Content-Type': 'application/json' });
}

export async function readPeople(): Promise<readonly WorldMember[]> {
  return (await read<{ people: readonly WorldMember[] }>('/api/people')).people;
}

export function readState(as: string): Promise<PageState> {
  return read('/api/state', { as });
}

export async function readMessages(as: string, channel: string): Promise<readonly PageMessage[]> {
  return (await read<{ messages: readonly PageMessage[] }>('/api/messages', { as, channel })).messages;
}

export function readCommands(as: string, channel: string): Promise<PageCommands> {
  return read('/api/commands', { as, channel });
}

/** Starts an action; throws when the sandbox refuses it. */
export async function postAction(path: string, actor: Actor, data: object): Promise<void> {
  await postJson(path, { ...actor, ...data });
}

/** Starts a command; files among its options go along as a form. */
export async function postCommand(
  actor: Actor,
  path: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const files = Object.entries(options).filter((entry): entry is [string, File] => entry[1] instanceof File);
  const texts = withoutFiles(options);
  if (files.length === 0) return postAction('/api/command', actor, { path, options: texts });
  const form = new FormData();
  form.set('payload', JSON.stringify({ ...actor, path, options: texts }));
  for (const [name, file] of files) form.append(`file:${name}`, file);
  await change('/api/command', form);
}

/** A command as far as it is filled in, and the option whose choices are wanted. */
export interface Unfinished {
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly focused: string;
}

/** Asks for the choices of an option; files that the command has already stay here until it is sent. */
export async function postAutocomplete(actor: Actor, data: Unfinished): Promise<readonly PageChoice[]> {
  const response = await postJson('/api/autocomplete', { ...actor, ...data, options: withoutFiles(data.options) });
  return ((await response.json()) as { choices: readonly PageChoice[] }).choices;
}

function withoutFiles(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => !(value instanceof File)));
}

/** Values of a modal by custom id: texts, lists of picked values, files. */
export type ModalValues = ReadonlyMap<string, string | readonly string[] | readonly File[]>;

export async function postModal(actor: Actor, interactionId: string, values: ModalValues): Promise<void> {
  const form = new FormData();
  const texts: Record<string, unknown> = {};
  for (const [customId, value] of values) {
    const files = Array.isArray(value) ? value.filter((entry) => entry instanceof File) : [];
    if (files.length === 0) texts[customId] = value;
    for (const file of files) form.append(`file:${customId}`, file);
  }
  form.set('payload', JSON.stringify({ ...actor, interactionId, values: texts }));
  await change('/api/submit', form);
}
