import sharp from 'sharp';
import { drawGrid, drawSingle } from './artwork.ts';
import { toPictureSize, toSide } from './picture-paths.ts';
import type { SandboxJob } from './sandbox-job.ts';

/** Bytes that drawn pictures may take in memory; the oldest go first. */
const CACHE_BYTES = 48 * 1024 * 1024;
const SINGLE_SIDE = 1024;

/** The words of a prompt that are worth showing: without addresses and parameters. */
function toWords(job: SandboxJob): string {
  const words = (job.prompt ?? '')
    .replace(/https?:\S+/g, '')
    .replace(/\s--\w.*$/s, '')
    .trim();
  return words === '' ? job.verb : words;
}

/** Draws the stand-in's pictures when they are asked for, and keeps the latest. */
export class Pictures {
  readonly #drawn = new Map<string, Promise<Buffer>>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  /** The picture of a job's message: a 2×2 grid, or a single one where the job shows one. */
  toAttachment(job: SandboxJob): Promise<Buffer> {
    const isGrid = job.kind === 'grid' || job.kind === 'video-grid';
    const size = toPictureSize(job.prompt, toSide(job));
    const key = `${job.guid}|attachment`;
    return this.#keep(key, () => {
      const svg = isGrid
        ? drawGrid(job.art.seed, toWords(job), size)
        : drawSingle(job.art.seed, job.art.index ?? 1, toWords(job), size);
      return sharp(Buffer.from(svg)).webp({ quality: 80, effort: 2 }).toBuffer();
    });
  }

  /** One of a job's single pictures as JPEG, `index` from 0. */
  toSingle(job: SandboxJob, index: number): Promise<Buffer> {
    const size = toPictureSize(job.prompt, Math.max(SINGLE_SIDE, job.kind === 'grid' ? 0 : toSide(job)));
    const quarter = job.art.index ?? index + 1;
    return this.#keep(`${job.guid}|single|${index}`, () =>
      sharp(Buffer.from(drawSingle(job.art.seed, quarter, toWords(job), size)))
        .jpeg({ quality: 82 })
        .toBuffer(),
    );
  }

  #keep(key: string, draw: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#drawn.get(key);
    if (known !== undefined) return known;
    const drawing = draw();
    this.#drawn.set(key, drawing);
    drawing.then(
      (bytes) => this.#account(key, bytes.length),
      () => this.#drawn.delete(key),
    );
    return drawing;
  }

  #account(key: string, bytes: number): void {
    this.#sizes.set(key, bytes);
    this.#bytes += bytes;
    for (const [oldest, size] of this.#sizes) {
      if (this.#bytes <= CACHE_BYTES || oldest === key) return;
      this.#sizes.delete(oldest);
      this.#drawn.delete(oldest);
      this.#bytes -= size;
    }
  }
}
