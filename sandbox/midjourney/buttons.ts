import type { ResultKind, SandboxJob } from './sandbox-job.ts';

const SINGLES = ['U1', 'U2', 'U3', 'U4'];
const ARROWS = ['⬅️', '➡️', '⬆️', '⬇️'];
const REFINEMENTS = [
  'Vary (Subtle)',
  'Vary (Strong)',
  'Vary (Region)',
  'Zoom Out 2x',
  'Zoom Out 1.5x',
  'Custom Zoom',
  'Make Square',
  'Animate (High motion)',
  'Animate (Low motion)',
  ...ARROWS,
];

const BUTTONS: Readonly<Record<ResultKind, readonly string[]>> = {
  grid: [...SINGLES, '🔄', 'V1', 'V2', 'V3', 'V4'],
  upscale: ['Upscale (Subtle)', 'Upscale (Creative)', ...REFINEMENTS],
  'large-upscale': ['Redo Upscale (Subtle)', 'Redo Upscale (Creative)', ...REFINEMENTS],
  /** Of Midjourney's older models. */
  'old-upscale': ['Upscale (2x)', 'Upscale (4x)', 'Make Variations', 'Remaster', ...REFINEMENTS],
  'old-large-upscale': ['Redo Upscale (2x)', 'Redo Upscale (4x)', 'Make Variations', ...REFINEMENTS],
  'video-grid': [...SINGLES, '🔄'],
  video: ['Extend (High motion)', 'Extend (Low motion)'],
  describe: ['1️⃣', '2️⃣', '3️⃣', '4️⃣', '🔄'],
  text: [],
  seed: [],
};

/** The buttons a job's message has now, in the order of real records. */
export function buttonsOf(job: SandboxJob): readonly string[] {
  if (job.status === 'moderated') return ['Resubmit'];
  return job.status === 'completed' ? BUTTONS[job.kind] : [];
}

/** U1 to U4: executed once for ever. */
export function isSingleUpscale(button: string): boolean {
  return SINGLES.includes(button);
}

/** What pressing `button` on a job of `kind` makes. */
export function toResultKind(kind: ResultKind, button: string): ResultKind {
  if (isSingleUpscale(button)) return kind === 'video-grid' ? 'video' : 'upscale';
  if (/^(Redo )?Upscale \([24]x\)/.test(button)) return 'old-large-upscale';
  if (/^(Redo )?Upscale \(/.test(button)) return 'large-upscale';
  if (/^(Animate|Extend) \(/.test(button)) return 'video-grid';
  if (button === '🔄' && (kind === 'video-grid' || kind === 'describe')) return kind;
  return 'grid';
}

/** The quarter named by U1–U4 and V1–V4, 1 to 4. */
export function toQuarter(button: string): number | undefined {
  const digit = /^[UV]([1-4])$/.exec(button)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
