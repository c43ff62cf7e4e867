import { z } from 'zod';
import { compact } from '../../src/shared/compact.ts';
import { buttonsOf, isSingleUpscale, toResultKind } from '../midjourney/buttons.ts';
import { DESCRIPTION } from '../midjourney/description.ts';
import type { StartJob } from '../midjourney/new-job.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import type { MjContext } from './mj-context.ts';
import type { Reply } from './modals.ts';
import type { TaskIds } from './task-ids.ts';
import { readCustomId } from './task-record.ts';
import { words } from './words.ts';

/** The answer to every submit. */
export interface Envelope {
  readonly code: number;
  readonly description: string;
  readonly result?: string;
  readonly properties?: object;
}

const state = z.string().optional();
const notifyHook = z.string().optional();
export const ImagineBody = z.object({ prompt: z.string().trim().min(1), state, notifyHook });
export const ActionBody = z.object({ taskId: z.string().min(1), customId: z.string().min(1), state, notifyHook });
export const ChangeBody = z.object({
  taskId: z.string().min(1),
  action: z.enum(['UPSCALE', 'VARIATION', 'REROLL']),
  index: z.number().int().min(1).max(4).optional(),
  state,
  notifyHook,
});
const Picture = z.string().regex(/^data:image\/(?:png|jpe?g|webp|gif);base64,[A-Za-z0-9+/]+=*$/);
export const DescribeBody = z.object({ base64: Picture, state, notifyHook });
export const BlendBody = z.object({
  base64Array: z.array(Picture).min(2).max(5),
  dimensions: z.enum(['PORTRAIT', 'SQUARE', 'LANDSCAPE']).default('SQUARE'),
  state,
  notifyHook,
});
export const ModalBody = z.object({
  taskId: z.string().min(1),
  prompt: z.string().optional(),
  maskBase64: z.string().optional(),
});

/** Characters from which a prompt is very long. */
const LONG_PROMPT = 1_500;

/** What the submits of the dialect do. */
export class Submits {
  readonly #api: MjContext;
  readonly #ids: TaskIds;

  constructor(api: MjContext, ids: TaskIds) {
    this.#api = api;
    this.#ids = ids;
  }

  imagine({ prompt, ...body }: z.infer<typeof ImagineBody>): Envelope {
    return this.#refusal(prompt) ?? this.#start({ prompt, ...toReply(body) });
  }

  describe(body: z.infer<typeof DescribeBody>): Envelope {
    const overrides = { text: DESCRIPTION };
    return this.#refusal('') ?? this.#start({ verb: 'describe', kind: 'describe', ...toReply(body), overrides });
  }

  blend({ base64Array, dimensions, ...body }: z.infer<typeof BlendBody>): Envelope {
    const overrides = { blendUrls: base64Array.map(toSummary), blendDimensions: SHAPES[dimensions] };
    return this.#refusal('') ?? this.#start({ verb: 'blend', ...toReply(body), overrides });
  }

  action({ taskId, customId, ...body }: z.infer<typeof ActionBody>): Envelope {
    const parent = this.#api.world.find(taskId);
    const label = readCustomId(customId)?.label;
    if (parent === undefined) return this.#notFound();
    if (label === undefined || !buttonsOf(parent).includes(label)) return this.#invalid();
    return this.#press(parent, label, toReply(body));
  }

  change({ taskId, action, index, ...body }: z.infer<typeof ChangeBody>): Envelope {
    const parent = this.#api.world.find(taskId);
    if (parent === undefined) return this.#notFound();
    const label = action === 'REROLL' ? '🔄' : `${action === 'UPSCALE' ? 'U' : 'V'}${index ?? ''}`;
    if (!buttonsOf(parent).includes(label)) return this.#invalid();
    const child = isSingleUpscale(label) ? parent.children.find(({ button }) => button === label) : undefined;
    if (child !== undefined) return { code: 21, description: this.#words.existed, result: child.jobid };
    return this.#press(parent, label, toReply(body));
  }

  /** The second step of a press; a task that waits for none is refused. */
  modal({ taskId, prompt, maskBase64 }: z.infer<typeof ModalBody>): Envelope {
    const waiting = this.#api.modals.find(taskId);
    const parent = this.#api.world.find(waiting?.parentJobid ?? '');
    if (waiting === undefined || parent === undefined) return this.#notFound();
    if (waiting.button === 'Custom Zoom' && (prompt ?? '') === '') return this.#invalid();
    if (waiting.button === 'Vary (Region)' && maskBase64 === undefined) return this.#invalid();
    this.#api.modals.take(taskId);
    const given = { prompt: prompt ?? waiting.prompt, ...waiting.reply };
    return this.#startPress(parent, waiting.button, taskId, given);
  }

  get #words() {
    return words[this.#api.world.switches.language];
  }

  #press(parent: SandboxJob, button: string, reply: Reply): Envelope {
    const prompt = toPressedPrompt(parent, button);
    const refusal = this.#refusal(prompt);
    if (refusal !== undefined) return refusal;
    const taskId = this.#ids.next(this.#api.world.clock.now());
    if (!this.#takesSecondStep(parent, button)) return this.#startPress(parent, button, taskId, { prompt, ...reply });
    const createdAt = this.#api.world.clock.now();
    this.#api.modals.add({ taskId, parentJobid: parent.jobid, button, prompt, reply, createdAt });
    return { code: 21, description: this.#words.modal, result: taskId, properties: { finalPrompt: prompt } };
  }

  #takesSecondStep(parent: SandboxJob, button: string): boolean {
    const { secondStep, flavour } = this.#api.world.switches;
    if (flavour === 'novicezk' || secondStep === 'none') return false;
    const isNeedy = button === 'Custom Zoom' || button === 'Vary (Region)' || toDescribedPrompt(parent, button) !== '';
    return secondStep === 'all' || isNeedy;
  }

  #startPress(
    parent: SandboxJob,
    button: string,
    taskId: string,
    given: Pick<StartJob, 'prompt' | 'replyRef' | 'replyUrl'>,
  ): Envelope {
    const kind = toResultKind(parent.kind, button);
    const jobType = kind === 'video' || kind === 'video-grid' ? 'video' : 'image';
    const text = kind === 'describe' ? { overrides: { text: DESCRIPTION } } : {};
    return this.#start({ ...given, ...text, kind, jobType, button, parentJobid: parent.jobid }, taskId);
  }

  #start(wanted: StartJob, taskId = this.#ids.next(this.#api.world.clock.now())): Envelope {
    const { switches } = this.#api.world;
    const isStill = switches.longPrompts === 'never-end' && (wanted.prompt ?? '').length > LONG_PROMPT;
    this.#api.world.startJob({ ...wanted, isStill, overrides: { ...wanted.overrides, jobid: taskId } });
    if (switches.account === 'awaits-confirmation')
      this.#api.world.advance(taskId, { to: 'failed', error: this.#words.unconfirmed });
    if (switches.submits === 'no-result') return { code: 1, description: this.#words.accepted };
    if (switches.submits === 'queued' && switches.flavour !== 'new-api') {
      return { code: 22, description: this.#words.queued(2), result: taskId, properties: { numberOfQueues: 2 } };
    }
    return { code: 1, description: this.#words.accepted, result: taskId };
  }

  #notFound(): Envelope {
    return { code: this.#api.world.switches.flavour === 'new-api' ? 4 : 3, description: this.#words.notFound };
  }

  #invalid(): Envelope {
    return { code: 4, description: this.#words.invalid };
  }

  /** What is answered instead of doing anything. */
  #refusal(prompt: string): Envelope | undefined {
    const { switches } = this.#api.world;
    const isBanned = switches.flavour !== 'trueai' && this.#api.world.isRefusedPrompt(prompt);
    switch (isBanned ? 'banned-word' : switches.submits) {
      case 'queue-full':
        return { code: 23, description: this.#words.queueFull };
      case 'queue-text':
        return { code: 9, description: this.#words.queueFull };
      case 'limit':
        return { code: 4, description: this.#words.limit };
      case 'no-account':
        return { code: 3, description: this.#words.noAccount };
      case 'failed':
        return { code: 9, description: this.#words.failed };
      case 'banned-word':
        return { code: 24, description: this.#words.banned, properties: { promptEn: prompt, bannedWord: 'forbidden' } };
      case 'rate-limit':
        return { code: 30, description: this.#words.rateLimit };
      default:
        return undefined;
    }
  }
}

const SHAPES = { PORTRAIT: 'Portrait', SQUARE: 'Square', LANDSCAPE: 'Landscape' } as const;

function toReply({
  state: replyRef,
  notifyHook: replyUrl,
}: {
  state?: string | undefined;
  notifyHook?: string | undefined;
}): Reply {
  return compact({ replyRef, replyUrl });
}

/** The kind of a picture and how large it is, instead of all of it. */
function toSummary(dataUrl: string): string {
  const [kind = '', base64 = ''] = dataUrl.split(',');
  return `${kind},${Buffer.from(base64, 'base64').length}`;
}

/** The prompt of a description that a button with its number stands for; empty for any other button. */
function toDescribedPrompt({ kind, text = '' }: SandboxJob, button: string): string {
  if (kind !== 'describe') return '';
  const line = text.split('\n').find((candidate) => candidate.startsWith(button));
  return line?.slice(button.length).trim() ?? '';
}

function toPressedPrompt(parent: SandboxJob, button: string): string {
  return toDescribedPrompt(parent, button) || (parent.prompt ?? '');
}
