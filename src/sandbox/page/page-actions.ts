import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { toErrorMessage } from '../../shared/errors.ts';
import type { PageModal } from './page-api.ts';
import { type PageEvents, seesChannel } from './page-events.ts';
import type { PageWorld, Person, SeenInteraction } from './page-world.ts';

const Id = z.string().regex(/^\d{1,20}$/);
const CustomId = z.string().min(1).max(100);
const Options = z.record(z.string().max(32), z.union([z.string().max(6000), z.number(), z.boolean()]));
/** `action` is an id of the client's own making; the result comes under it through the event stream. */
const Actor = z.object({ as: Id, channelId: Id, action: z.string().min(1).max(64) });
const Command = Actor.extend({ path: z.string().min(1).max(100), options: Options });
const Autocomplete = Actor.extend({ path: z.string().min(1).max(100), options: Options, focused: z.string().max(32) });
const Press = Actor.extend({ messageId: Id, customId: CustomId });
const Select = Press.extend({ values: z.array(z.string().max(100)).max(25) });
const MessageCommand = Actor.extend({ messageId: Id, name: z.string().min(1).max(32) });
const Submit = Actor.extend({
  interactionId: Id,
  values: z.record(CustomId, z.union([z.string().max(4000), z.array(z.string().max(100)).max(25)])),
});

const JSON_LIMIT = 256 * 1024;
const UPLOAD_LIMIT = 30 * 1024 * 1024;
/** Multipart fields that carry files are named `file:<custom_id>`. */
const FILE_FIELD = 'file:';

type ActorData = z.infer<typeof Actor>;
type Perform<T> = (person: Person, data: T) => Promise<SeenInteraction>;

/** Adds what a member can do. Actions are answered at once with 202; how they end comes as a `settled` event. */
export function addActionRoutes(app: Hono, world: PageWorld, events: PageEvents): void {
  const act = <T extends ActorData>(path: string, schema: z.ZodType<T>, perform: Perform<T>) => {
    app.post(path, bodyLimit({ maxSize: JSON_LIMIT }), async (context) => {
      const data = schema.safeParse(await readJson(context));
      return data.success ? start(context, world, events, data.data, perform) : refuse(context, data.error);
    });
  };
  act('/api/command', Command, (person, { channelId, path, options }) => person.command(channelId, { path, options }));
  act('/api/press', Press, (person, data) => person.press(data.messageId, data.customId));
  act('/api/select', Select, (person, data) => person.select(data.messageId, data.customId, data.values));
  act('/api/message-command', MessageCommand, (person, data) => person.messageCommand(data.messageId, data.name));
  addAutocomplete(app, world);
  addSubmit(app, world, events);
}

function addAutocomplete(app: Hono, world: PageWorld): void {
  app.post('/api/autocomplete', bodyLimit({ maxSize: JSON_LIMIT }), async (context) => {
    const parsed = Autocomplete.safeParse(await readJson(context));
    if (!parsed.success) return refuse(context, parsed.error);
    const { as, channelId, path, options, focused } = parsed.data;
    const person = findActor(world, as, channelId);
    if (person === undefined) return unknownActor(context);
    try {
      return context.json({ choices: await person.autocomplete(channelId, { path, options }, focused) });
    } catch (thrown) {
      return context.json({ choices: [], failure: toErrorMessage(thrown) });
    }
  });
}

function addSubmit(app: Hono, world: PageWorld, events: PageEvents): void {
  app.post('/api/submit', bodyLimit({ maxSize: UPLOAD_LIMIT }), async (context) => {
    const form = await context.req.formData().catch(() => new FormData());
    const payload = form.get('payload');
    const parsed = Submit.safeParse(parseJson(typeof payload === 'string' ? payload : ''));
    if (!parsed.success) return refuse(context, parsed.error);
    const files = await readFiles(form);
    return start(context, world, events, parsed.data, (person, { interactionId, values }) =>
      person.submit(interactionId, { ...values, ...files }),
    );
  });
}

async function readFiles(form: FormData) {
  const files: Record<string, { name: string; contentType: string; bytes: Uint8Array }[]> = {};
  for (const [field, value] of form.entries()) {
    if (!field.startsWith(FILE_FIELD) || typeof value === 'string') continue;
    const bytes = new Uint8Array(await value.arrayBuffer());
    const customId = field.slice(FILE_FIELD.length);
    files[customId] ??= [];
    files[customId].push({ name: value.name, contentType: value.type || 'application/octet-stream', bytes });
  }
  return files;
}

function start<T extends ActorData>(
  context: Context,
  world: PageWorld,
  events: PageEvents,
  data: T,
  perform: Perform<T>,
): Response {
  const person = findActor(world, data.as, data.channelId);
  if (person === undefined) return unknownActor(context);
  void settle(events, data, () => perform(person, data));
  return context.json({ action: data.action }, 202);
}

async function settle(events: PageEvents, data: ActorData, perform: () => Promise<SeenInteraction>): Promise<void> {
  const { action, as, channelId } = data;
  try {
    const seen = await perform();
    const modal = seen.state === 'modal' ? (seen.modal as PageModal | undefined) : undefined;
    const settled = { action, channelId, interactionId: seen.id, state: seen.state, failure: seen.failure, modal };
    events.sendTo(as, { kind: 'settled', settled });
  } catch (thrown) {
    const failure = toErrorMessage(thrown);
    events.sendTo(as, { kind: 'settled', settled: { action, channelId, interactionId: '', state: 'failed', failure } });
  }
}

function findActor(world: PageWorld, userId: string, channelId: string): Person | undefined {
  return seesChannel(world, userId, channelId) ? world.person(userId) : undefined;
}

function unknownActor(context: Context): Response {
  return context.json({ error: 'No such member or channel.' }, 404);
}

function refuse(context: Context, error: z.ZodError): Response {
  return context.json({ error: z.prettifyError(error) }, 400);
}

/** The body as JSON; a body that does not say it is JSON counts as none, for only such a request needs no preflight. */
async function readJson(context: Context): Promise<unknown> {
  if (context.req.header('content-type')?.startsWith('application/json') !== true) return undefined;
  return parseJson(await context.req.text());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
