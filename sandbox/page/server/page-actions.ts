import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { toErrorMessage } from '../../../src/shared/errors.ts';
import type { PageModal } from './page-api.ts';
import { parseJson, readJson } from './page-body.ts';
import { type PageEvents, seesChannel } from './page-events.ts';
import type { PagePerson, PageWorld, SeenInteraction } from './page-world.ts';

const Id = z.string().regex(/^\d{1,20}$/);
const CustomId = z.string().min(1).max(100);
const Options = z.record(z.string().max(32), z.union([z.string().max(6000), z.number(), z.boolean()]));
/** `action` is an id of the client's own making; the result comes under it through the event stream. */
const Actor = z.object({ as: Id, channelId: Id, action: z.string().min(1).max(64) });
const Command = Actor.extend({ path: z.string().min(1).max(100), options: Options });
const UserCommand = Actor.extend({ userId: Id, name: z.string().min(1).max(32) });
const Deed = z.object({ as: Id, channelId: Id });
const Dismiss = Deed.extend({ messageId: Id });
const Say = Deed.extend({ text: z.string().trim().min(1).max(2000) });
const Locale = Deed.extend({ locale: z.string().min(2).max(10) });
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
type DeedData = z.infer<typeof Deed>;
type Perform<T> = (person: PagePerson, data: T) => Promise<SeenInteraction>;

/**
 * Adds what a member can do. Actions are answered at once with 202; the bot's first answer to them comes
 * as a `settled` event.
 */
export function addActionRoutes(app: Hono, world: PageWorld, events: PageEvents): void {
  const onAction = <T extends ActorData>(path: string, schema: z.ZodType<T>, perform: Perform<T>) => {
    app.post(path, bodyLimit({ maxSize: JSON_LIMIT }), async (context) => {
      const data = schema.safeParse(await readJson(context));
      return data.success ? start(context, world, events, data.data, perform) : refuse(context, data.error);
    });
  };
  onAction('/api/press', Press, (person, data) => person.press(data.messageId, data.customId));
  onAction('/api/select', Select, (person, data) => person.select(data.messageId, data.customId, data.values));
  onAction('/api/message-command', MessageCommand, (person, data) => person.messageCommand(data.messageId, data.name));
  onAction('/api/user-command', UserCommand, (person, data) =>
    person.userCommand(data.channelId, data.userId, data.name),
  );
  addCommand(app, world, events);
  addDeeds(app, world);
  addAutocomplete(app, world);
  addSubmit(app, world, events);
}

/** A command: as JSON, or as a form where files are among its options. */
function addCommand(app: Hono, world: PageWorld, events: PageEvents): void {
  const limitJson = bodyLimit({ maxSize: JSON_LIMIT });
  const limitForm = bodyLimit({ maxSize: UPLOAD_LIMIT });
  const limit: MiddlewareHandler = (context, next) => (isForm(context) ? limitForm : limitJson)(context, next);
  app.post('/api/command', limit, async (context) => {
    const form = isForm(context) ? await readForm(context) : undefined;
    const parsed = Command.safeParse(form === undefined ? await readJson(context) : form.payload);
    if (!parsed.success) return refuse(context, parsed.error);
    const files = Object.entries(form?.files ?? {}).flatMap(([name, [file]]) => (file ? [[name, file] as const] : []));
    return start(context, world, events, parsed.data, (person, { channelId, path, options }) =>
      person.command(channelId, { path, options: { ...options, ...Object.fromEntries(files) } }),
    );
  });
}

function isForm(context: Context): boolean {
  return context.req.header('content-type')?.startsWith('multipart/form-data') === true;
}

/** What a member does without the bot: write a message, make a private answer disappear, choose a language. */
function addDeeds(app: Hono, world: PageWorld): void {
  const add = <T extends DeedData>(
    path: string,
    schema: z.ZodType<T>,
    perform: (person: PagePerson, data: T) => void,
  ) =>
    app.post(path, bodyLimit({ maxSize: JSON_LIMIT }), async (context) => {
      const parsed = schema.safeParse(await readJson(context));
      if (!parsed.success) return refuse(context, parsed.error);
      const person = findActor(world, parsed.data.as, parsed.data.channelId);
      if (person === undefined) return unknownActor(context);
      try {
        perform(person, parsed.data);
        return context.body(null, 204);
      } catch (thrown) {
        return context.json({ error: toErrorMessage(thrown) }, 409);
      }
    });
  add('/api/dismiss', Dismiss, (person, { messageId }) => person.dismiss(messageId));
  add('/api/locale', Locale, (person, { locale }) => person.setLocale(locale));
  add('/api/say', Say, (person, { channelId, text }) => person.send(channelId, text));
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
    const { payload, files } = await readForm(context);
    const parsed = Submit.safeParse(payload);
    if (!parsed.success) return refuse(context, parsed.error);
    return start(context, world, events, parsed.data, (person, { interactionId, values }) =>
      person.submit(interactionId, { ...values, ...files }),
    );
  });
}

async function readForm(context: Context) {
  const form = await context.req.formData().catch(() => new FormData());
  const payload = form.get('payload');
  return { payload: parseJson(typeof payload === 'string' ? payload : ''), files: await readFiles(form) };
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

function findActor(world: PageWorld, userId: string, channelId: string): PagePerson | undefined {
  return seesChannel(world, userId, channelId) ? world.person(userId) : undefined;
}

function unknownActor(context: Context): Response {
  return context.json({ error: 'No such member or channel.' }, 404);
}

function refuse(context: Context, error: z.ZodError): Response {
  return context.json({ error: z.prettifyError(error) }, 400);
}
