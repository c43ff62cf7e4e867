import { readdir, readFile, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip as gzipBytes } from 'node:zlib';
import type { Context, Hono } from 'hono';
import type { PageWorld, WorldFile } from './page-world.ts';

const CLIENT = new URL('../client/', import.meta.url);
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ts: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  html: 'text/html; charset=utf-8',
};
/**
 * What a browser may show in place; everything else is a download, so that an uploaded page or script never
 * runs on our origin.
 */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif)|video\/(?:mp4|webm|quicktime)|audio\/(?:mpeg|ogg|wav))$/;

const INDEX = 'index.html';
/** Runs by itself before the modules. */
const NO_MODULE = 'theme.ts';
const BROTLI_QUALITY = 6;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzipBytes);

interface ClientFile {
  readonly changedAt: number;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** The files as they go over the wire, by name; each is made anew when it changed on disk. */
const cache = new Map<string, ClientFile>();

/** Makes the client's files ready before anybody asks for them. */
export async function warmUpFiles(): Promise<void> {
  for (const name of await readdir(CLIENT)) await readClientFile(name);
}

/** Adds the page, its scripts (TypeScript with the types taken out) and the files of messages. */
export function addFileRoutes(app: Hono, world: PageWorld): void {
  app.get('/', (context) => sendClientFile(context, INDEX));
  app.get('/client/:name{[a-z0-9-]+\\.(?:ts|css|svg)}', (context) => {
    return sendClientFile(context, context.req.param('name'));
  });
  app.get('/files/*', async (context) => {
    const path = decodeURIComponent(new URL(context.req.url).pathname.slice('/files'.length));
    const file = await world.file(path);
    return file === undefined ? context.notFound() : sendWorldFile(context, file);
  });
}

async function sendClientFile(context: Context, name: string): Promise<Response> {
  const file = await readClientFile(name).catch(() => undefined);
  if (file === undefined) return context.notFound();
  const tag = `"${Math.trunc(file.changedAt)}"`;
  const headers = {
    'Content-Type': contentTypeOf(name),
    'Cache-Control': 'no-cache',
    ETag: tag,
    Vary: 'Accept-Encoding',
  };
  if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
  const encoding = pickEncoding(context.req.header('accept-encoding') ?? '');
  if (encoding === undefined) return context.body(file.plain, 200, headers);
  return context.body(file[encoding], 200, { ...headers, 'Content-Encoding': encoding });
}

function pickEncoding(accepted: string): 'br' | 'gzip' | undefined {
  const names = accepted.split(',').map((entry) => entry.trim());
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding));
}

/** Reads a client file anew only when it changed on disk; it is kept ready for the wire. */
async function readClientFile(name: string): Promise<ClientFile> {
  const url = new URL(name, CLIENT);
  const { mtimeMs } = await stat(url);
  const known = cache.get(name);
  if (known?.changedAt === mtimeMs) return known;
  const source = name === INDEX ? await withPreloads(await readFile(url, 'utf8')) : await readFile(url, 'utf8');
  const plain = new TextEncoder().encode(name.endsWith('.ts') ? stripTypeScriptTypes(source) : source);
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const [br, gzip] = await Promise.all([toBrotli(plain, { params }), toGzip(plain)]);
  const file = { changedAt: mtimeMs, plain, br: copyOf(br), gzip: copyOf(gzip) };
  cache.set(name, file);
  return file;
}

/** Names every module in the page's head: the browser asks for all at once, and not for one import after the other. */
async function withPreloads(html: string): Promise<string> {
  const modules = (await readdir(CLIENT)).filter((name) => name.endsWith('.ts') && name !== NO_MODULE);
  const links = modules.toSorted().map((name) => `    <link rel="modulepreload" href="/client/${name}">\n`);
  return html.replace('  </head>', `${links.join('')}  </head>`);
}

function contentTypeOf(name: string): string {
  return CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

function sendWorldFile(context: Context, { name, contentType, bytes }: WorldFile): Response {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const isShown = SHOWN.test(type);
  const headers = {
    'Content-Type': isShown ? type : 'application/octet-stream',
    'Content-Disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
  const range = parseRange(context.req.header('range'), bytes.length);
  if (range === undefined) return context.body(copyOf(bytes), 200, headers);
  const [start, end] = range;
  return context.body(copyOf(bytes.subarray(start, end + 1)), 206, {
    ...headers,
    'Content-Range': `bytes ${start}-${end}/${bytes.length}`,
  });
}

function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** First and last byte of a single satisfiable range; a video player asks for such. */
function parseRange(header: string | undefined, length: number): readonly [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  return start <= end ? [start, end] : undefined;
}
