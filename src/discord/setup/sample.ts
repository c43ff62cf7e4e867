import { fileURLToPath } from 'node:url';
import type { APIMessageTopLevelComponent } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import { toJobCard } from '../cards/job-card.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { SAMPLE } from './words.ts';

const PICTURE = fileURLToPath(new URL('./sample.jpg', import.meta.url));

/** A job that never was, as its post would look; nothing on it can be clicked. */
export function toSampleMessage(now: number): OutgoingMessage {
  const media = {
    kind: 'file',
    label: 'grid',
    name: 'sample.jpg',
    path: PICTURE,
    contentType: 'image/jpeg',
    size: 0,
    isReduced: false,
  } as const;
  const card = toJobCard(toSampleJob(now), { media: [media], isPublic: true, above: SAMPLE.notice });
  return { ...card, components: card.components.map(withoutClicks) };
}

function toSampleJob(now: number): Job {
  return {
    ref: 'sample00',
    jobid: 'sample',
    board: 'sample',
    status: 'completed',
    verb: 'imagine',
    jobType: 'image',
    prompt: SAMPLE.prompt,
    createdAt: now - 60_000,
    updatedAt: now,
    attachments: [],
    buttons: ['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4'],
    imageUx: [],
    videoUx: [],
    children: [],
    embeds: [],
    firstSeenAt: now,
    observedAt: now,
    changedAt: now,
    isRead: true,
  };
}

function withoutClicks(component: APIMessageTopLevelComponent): APIMessageTopLevelComponent {
  const text = JSON.stringify(component, (_key, part: unknown) =>
    isControl(part) ? { ...part, disabled: true } : part,
  );
  return JSON.parse(text) as APIMessageTopLevelComponent;
}

function isControl(part: unknown): part is object {
  return typeof part === 'object' && part !== null && 'custom_id' in part;
}
