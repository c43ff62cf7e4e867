import { z } from 'zod';

/** A field of the wrong type counts as missing. */
const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

/** An array that drops the items which do not fit; anything else than an array counts as empty. */
function list<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) =>
      values.flatMap((value) => {
        const parsed = item.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

const WireButton = z.object({ customId: text, emoji: text, label: text, style: number });
export type WireButton = z.infer<typeof WireButton>;

/** `{url}`, and with some servers the bare address. */
const WireFile = z
  .union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)])
  .refine((url) => url !== '');

/** One task as all flavours send it; only the id is always there. */
export const WireTask = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  action: text,
  status: text,
  prompt: text,
  promptEn: text,
  promptFull: text,
  description: text,
  state: text,
  /** Epoch milliseconds, like the other times. */
  submitTime: number,
  startTime: number,
  finishTime: number,
  progress: text,
  imageUrl: text,
  imageUrls: list(WireFile),
  videoUrls: list(WireFile),
  failReason: text,
  parentId: text,
  instanceId: text,
  width: number,
  height: number,
  size: number,
  contentType: text,
  /** Missing with servers that list no buttons. */
  buttons: list(WireButton).optional(),
  properties: z.object({ finalPrompt: text, discordInstanceId: text }).optional().catch(undefined),
});
export type WireTask = z.infer<typeof WireTask>;

/** Reads one task; undefined where the body is none. */
export function parseTask(body: unknown): WireTask | undefined {
  return WireTask.safeParse(body).data;
}

/** Reads a list of tasks, bad ones skipped and counted; undefined where the body is no list. */
export function parseTasks(
  body: unknown,
): { readonly tasks: readonly WireTask[]; readonly skipped: number } | undefined {
  if (!Array.isArray(body)) return undefined;
  const tasks = body.map(parseTask).filter((task) => task !== undefined);
  return { tasks, skipped: body.length - tasks.length };
}
