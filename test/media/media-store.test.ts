import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { UnauthorizedError } from '../../src/backends/backend-errors.ts';
import type { MediaFile, MediaLease } from '../../src/media/media-file.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { rejection } from '../backends/useapi/client-rig.ts';
import { MediaRigs, noisePicture, plainPicture, videoBytes } from './media-rig.ts';

const rigs = new MediaRigs();
afterEach(() => rigs.close());

const MEGABYTE = 1024 * 1024;

describe('a lease', () => {
  it('has the files in order, with names and types from their bytes', async () => {
    const [png, jpeg, webp, gif] = await Promise.all(
      (['png', 'jpeg', 'webp', 'gif'] as const).map((format) => plainPicture(format)),
    );
    const bodies: Record<string, Buffer | undefined> = {
      '/grid': png,
      '/image-1': jpeg,
      '/image-2': webp,
      '/image-3': gif,
      '/video-1': videoBytes(5_000),
    };
    const { store, request } = await rigs.start((response, { url }) => {
      response.setHeader('content-type', 'text/html').end(bodies[url ?? '']);
    });

    const { results } = await store.lease(request(Object.keys(bodies)));

    expect(results.map((result) => result.kind === 'file' && [result.name, result.contentType])).toEqual([
      ['abcd1234-grid.png', 'image/png'],
      ['abcd1234-image-1.jpg', 'image/jpeg'],
      ['abcd1234-image-2.webp', 'image/webp'],
      ['abcd1234-image-3.gif', 'image/gif'],
      ['abcd1234-video-1.mp4', 'video/mp4'],
    ]);
    const first = fileAt({ results, release: () => undefined }, 0);
    expect(await readFile(first.path)).toEqual(png);
    expect(first.size).toBe(png?.length);
  });

  it('gives each file a name of its own, of safe characters', async () => {
    const png = await plainPicture();
    const { store, request, source } = await rigs.start((response) => void response.end(png));
    const sources = [source('/a', '../ä b'), source('/b', '../ä b'), source('/c', '***')];

    const { results } = await store.lease(request([], { sources, ref: 'r/1' }));

    expect(results.map((result) => result.kind === 'file' && result.name)).toEqual([
      'r-1-b.png',
      'r-1-b-2.png',
      'r-1-file.png',
    ]);
  });

  it.each([
    ['403', 403, 'its link has expired, or it’s no longer there'],
    ['404', 404, 'its link has expired, or it’s no longer there'],
    ['418', 418, 'its server refused it'],
  ])('names a file that its server refuses with %s, and keeps the others', async (_name, status, reason) => {
    const png = await plainPicture();
    const { store, request } = await rigs.start((response, { url }) => {
      if (url === '/bad') response.statusCode = status;
      response.end(png);
    });

    const { results } = await store.lease(request(['/bad', '/good']));

    expect(results).toMatchObject([{ kind: 'missing', label: 'bad', reason }, { kind: 'file' }]);
  });

  it('takes a file from the next place where the first one is gone, and says of the first why where none has it', async () => {
    const png = await plainPicture();
    const { store, request, source, asked } = await rigs.start((response, { url }) => {
      if (url !== '/copy') response.statusCode = 404;
      response.end(png);
    });
    const withCopies = (...paths: string[]) => ({ ...source('/gone'), fallbacks: paths.map((path) => source(path)) });

    const found = await store.lease(request([], { sources: [withCopies('/nothing', '/copy')], ref: 'found' }));
    const lost = await store.lease(request([], { sources: [withCopies('/gone-too')], ref: 'lost' }));

    expect(found.results).toMatchObject([{ kind: 'file', label: 'gone' }]);
    expect(lost.results).toMatchObject([{ kind: 'missing', reason: 'its link has expired, or it’s no longer there' }]);
    expect(asked).toContain('/copy');
  });

  it('tries once more when a server has trouble', async () => {
    const png = await plainPicture();
    let isBroken = true;
    const { store, request, clock, asked } = await rigs.start((response) => {
      if (isBroken) response.statusCode = 502;
      isBroken = false;
      response.end(png);
    });

    const leasing = store.lease(request(['/a']));
    await clock.untilSleeping(3);
    await clock.advance(500);

    expect((await leasing).results[0]?.kind).toBe('file');
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a page', Buffer.from('<html><body>nothing here</body></html>')],
    ['nothing', Buffer.alloc(0)],
    ['a program', Buffer.from('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0')],
    ['a drawing that can hold scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
  ])('takes %s for no picture, whatever its header says', async (_name, body) => {
    const { store, request, files } = await rigs.start((response) => {
      response.setHeader('content-type', 'image/png').end(body);
    });

    const { results } = await store.lease(request(['/a.png']));

    expect(results).toMatchObject([{ kind: 'missing', reason: 'it’s neither a picture nor a video' }]);
    expect(await files()).toEqual([]);
  });

  it.each(['avif', 'tiff'] as const)('makes a picture that Discord does not show out of %s', async (format) => {
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#336699' } })
      .toFormat(format)
      .toBuffer();
    const { store, request } = await rigs.start((response) => void response.end(picture));

    const file = fileAt(await store.lease(request(['/a'])), 0);
    const shape = await sharp(file.path).metadata();

    expect(file).toMatchObject({ contentType: 'image/webp', name: 'abcd1234-a.webp' });
    expect([shape.format, shape.width, shape.height]).toEqual(['webp', 40, 30]);
    expect((await readFile(file.path)).length).toBe(file.size);
  });

  it('says what a picture is that it cannot read', async () => {
    const whole = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#336699' } })
      .avif()
      .toBuffer();
    const { store, request, files } = await rigs.start((response) => void response.end(whole.subarray(0, 60)));

    const { results } = await store.lease(request(['/a']));

    expect(results).toMatchObject([{ reason: 'I can’t read pictures of the format AVIF' }]);
    expect(await files()).toEqual([]);
  });

  it('names a file whose connection breaks', async () => {
    const { store, request, files } = await rigs.start((response, { socket }) => {
      response.setHeader('content-length', '5000');
      response.write(Buffer.alloc(100), () => socket.destroy());
    });

    const { results } = await store.lease(request(['/a']));

    expect(results).toMatchObject([{ kind: 'missing', reason: 'the connection broke while I loaded it' }]);
    expect(await files()).toEqual([]);
  });

  it('names a file that takes too long', async () => {
    const { store, request, clock, untilAsked } = await rigs.start((response) => void response.write('x'));

    const leasing = store.lease(request(['/a']));
    await untilAsked(1);
    await clock.advance(20_000);

    expect((await leasing).results).toMatchObject([{ kind: 'missing', reason: 'it took too long to load' }]);
  });

  it('ends in time as a whole, with the files it has', async () => {
    const png = await plainPicture();
    const { store, request, clock, untilAsked } = await rigs.start(
      (response, { url }) => void (url === '/fast' ? response.end(png) : response.write('x')),
      { leaseTimeoutMs: 5_000 },
    );

    const leasing = store.lease(request(['/fast', '/slow-1', '/slow-2', '/slow-3']));
    await untilAsked(3);
    await clock.advance(5_000);

    expect((await leasing).results.map(({ kind }) => kind)).toEqual(['file', 'missing', 'missing', 'missing']);
  });

  it('ends with the reason of its signal, and holds nothing then', async () => {
    const png = await plainPicture();
    const { store, request, untilAsked } = await rigs.start(
      (response, { url }) => void (url === '/fast' ? response.end(png) : response.write('x')),
      { maxFolderBytes: 1.5 * png.length },
    );
    const controller = new AbortController();

    const failed = rejection(store.lease(request(['/fast', '/slow-1', '/slow-2'], { signal: controller.signal })));
    // The third is asked for when the first is there.
    await untilAsked(3);
    controller.abort(new Error('the card is gone'));
    const reason = await failed;
    const other = await store.lease({ ...request(['/fast']), ref: 'other' });

    expect(reason).toMatchObject({ message: 'the card is gone' });
    expect(other.results[0]?.kind).toBe('file');
  });
});

describe('limits', () => {
  it('makes a smaller rendition of a picture that is too large', async () => {
    const picture = await noisePicture(900);
    const { store, request } = await rigs.start((response) => void response.end(picture));

    const lease = await store.lease(request(['/a'], { maxFileBytes: 500_000 }));
    const file = fileAt(lease, 0);
    const shape = await sharp(file.path).metadata();

    expect(picture.length).toBeGreaterThan(1_000_000);
    expect(file).toMatchObject({ isReduced: true, contentType: 'image/webp', name: 'abcd1234-a.webp' });
    expect(file.size).toBeLessThanOrEqual(500_000);
    expect((await readFile(file.path)).length).toBe(file.size);
    expect(shape.format).toBe('webp');
  });

  it('names a picture that no rendition makes small enough', async () => {
    const picture = await noisePicture(900);
    const { store, request } = await rigs.start((response) => void response.end(picture));

    const { results } = await store.lease(request(['/a'], { maxFileBytes: 2_000 }));

    expect(results).toMatchObject([
      { kind: 'missing', reason: expect.stringMatching(/^it’s too large \(.* MB; the limit here is 2 KB\)$/) },
    ]);
  });

  it('names a video that is too large, with sizes', async () => {
    const { store, request } = await rigs.start((response) => void response.end(videoBytes(31 * MEGABYTE)));

    const { results } = await store.lease(request(['/a']));

    expect(results).toEqual([
      { kind: 'missing', label: 'a', reason: 'it’s too large (31 MB; the limit here is 10 MB)' },
    ]);
  });

  it('stops a file beyond the source limit by its header, and while it streams', async () => {
    let sent = 0;
    const endless = () =>
      new Readable({
        read() {
          sent += 65_536;
          this.push(Buffer.alloc(65_536));
        },
      });
    const { store, request, files } = await rigs.start(
      (response, { url }) => {
        if (url === '/header') response.setHeader('content-length', 50 * MEGABYTE).write('x');
        else endless().pipe(response);
      },
      { maxSourceBytes: MEGABYTE },
    );

    const { results } = await store.lease(request(['/header', '/endless']));

    expect(results).toMatchObject([
      { kind: 'missing', reason: 'it’s too large (50 MB)' },
      { kind: 'missing', reason: expect.stringContaining('too large') },
    ]);
    expect(sent).toBeLessThan(20 * MEGABYTE);
    expect(await files()).toEqual([]);
  });

  it('names what is beyond the number of files, and does not fetch it', async () => {
    const png = await plainPicture();
    const { store, request, asked } = await rigs.start((response) => void response.end(png));

    const { results } = await store.lease(request(['/1', '/2', '/3'], { maxFiles: 2 }));

    expect(results.map(({ kind }) => kind)).toEqual(['file', 'file', 'missing']);
    expect(results[2]).toMatchObject({ reason: 'left out, because a message holds 2 files' });
    expect(asked).toHaveLength(2);
  });

  it('names what is beyond the bytes of a message', async () => {
    const { store, request } = await rigs.start((response) => void response.end(videoBytes(9 * MEGABYTE)));

    const { results } = await store.lease(request(['/1', '/2', '/3']));

    expect(results.map(({ kind }) => kind)).toEqual(['file', 'file', 'missing']);
    expect(results[2]).toMatchObject({ reason: 'left out, because a message holds 24 MB of files' });
  });

  it('asks for no ninth file of a server while eight are under way', async () => {
    const png = await plainPicture();
    const held: (() => void)[] = [];
    let isHeld = true;
    const { store, request, asked, host, untilAsked } = await rigs.start((response, { url }) => {
      if (isHeld && url !== '/probe') held.push(() => response.end(png));
      else response.end(png);
    });
    const leases = Array.from({ length: 6 }, (_, n) => store.lease({ ...request(['/1', '/2']), ref: `job${n}` }));

    await untilAsked(8);
    for (let probe = 0; probe < 5; probe += 1) await (await fetch(`http://${host}/probe`)).arrayBuffer();
    const underWay = asked.filter((path) => path !== '/probe').length;
    isHeld = false;
    for (const release of held) release();
    await Promise.all(leases);

    expect([underWay, asked.filter((path) => path !== '/probe').length]).toEqual([8, 12]);
  });

  it('fetches two at once per lease and eight per server', async () => {
    const png = await plainPicture();
    const held: (() => void)[] = [];
    const { store, request, peak, untilAsked } = await rigs.start((response) => {
      held.push(() => response.end(png));
    });
    const paths = ['/1', '/2', '/3', '/4'];
    const leases = Array.from({ length: 6 }, (_, n) => store.lease({ ...request(paths), ref: `job${n}` }));
    const one = async (asked: number) => {
      await untilAsked(asked);
      for (const release of held.splice(0)) release();
    };

    for (let asked = 8; asked <= 24; asked += 1) await one(asked);
    const all = await Promise.all(leases);

    expect(peak()).toBe(8);
    expect(all.flatMap(({ results }) => results).every(({ kind }) => kind === 'file')).toBe(true);
  });
});

describe('leases of several servers', () => {
  /** Sixty files that a server waits for, whose transfers are held until they are released. */
  async function startBesideBusy() {
    const png = await plainPicture();
    const held: (() => void)[] = [];
    let isHeld = true;
    const rig = await rigs.start((response, { url }) => {
      if (isHeld && url !== '/quiet') held.push(() => response.end(png));
      else response.end(png);
    });
    const ask = (n: number, paths: readonly string[]) =>
      rig.store.lease({ ...rig.request(paths), ref: `busy${n}`, guildId: 'busy' });
    const leases = Array.from({ length: 30 }, (_, n) => ask(n, ['/1', '/2']));
    leases.push(ask(30, ['/quiet']));
    await rig.untilAsked(8);
    const end = async () => {
      isHeld = false;
      for (const release of held.splice(0)) release();
      await Promise.all(leases);
    };
    return { ...rig, held, end };
  }

  it('fetches for one that comes while another has all that it may', async () => {
    const { store, request, held, end } = await startBesideBusy();

    const quiet = await store.lease(request(['/quiet'], { guildId: 'quiet' }));

    expect([quiet.results[0]?.kind, held.length]).toEqual(['file', 8]);
    await end();
  });

  it('fetches a file in the turn of whoever’s comes first', async () => {
    const { store, request, asked, end } = await startBesideBusy();

    const quiet = await store.lease(request(['/quiet'], { ref: 'busy30', guildId: 'quiet' }));
    await end();

    expect(quiet.results[0]?.kind).toBe('file');
    expect(asked.filter((path) => path === '/quiet')).toHaveLength(1);
  });
});

describe('where files come from', () => {
  it('asks the proxy for what is behind it', async () => {
    const png = await plainPicture();
    const urls: string[] = [];
    const proxy = {
      opensMedia: () => false,
      openMedia: async (_board: string, url: string) => {
        urls.push(url);
        return { stream: Readable.from([png]), contentLength: png.length };
      },
    };
    const { store, request } = await rigs.start((response) => void response.end(), { proxy });
    const url = 'https://cdn.midjourney.com/guid/0_0.jpeg';

    const { results } = await store.lease(request([], { sources: [{ via: 'proxy', url, label: 'image-1' }] }));

    expect(urls).toEqual([url]);
    expect(results).toMatchObject([{ kind: 'file', contentType: 'image/png' }]);
  });

  it('says that the API refused, and leaves the status to the log', async () => {
    const logged: unknown[] = [];
    const logger = { ...silentLogger, info: (facts: unknown) => void logged.push(facts) };
    const proxy = {
      opensMedia: () => false,
      openMedia: async () => {
        throw new UnauthorizedError({ endpoint: 'GET /v1/proxy', status: 401 });
      },
    };
    const { store, request } = await rigs.start((response) => void response.end(), { proxy, logger });
    const sources = [{ via: 'proxy' as const, url: 'https://cdn.midjourney.com/guid/0_0.jpeg', label: 'image-1' }];

    const { results } = await store.lease(request([], { sources }));

    expect(results).toEqual([{ kind: 'missing', label: 'image-1', reason: 'the API couldn’t load it' }]);
    expect(logged).toMatchObject([{ label: 'image-1', status: 401 }]);
  });

  it.each([
    'http://example.com/a.png',
    'https://example.com/a.png',
    'https://127.0.0.1:9@example.com/a.png',
    'http://localhost:1/a.png',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'not an address',
  ])('does not fetch %s', async (url) => {
    const { store, request, asked } = await rigs.start((response) => void response.end());

    const { results } = await store.lease(request([], { sources: [{ via: 'direct', url, label: 'grid' }] }));

    expect(results[0]?.kind).toBe('missing');
    expect(JSON.stringify(results)).not.toContain('example');
    expect(asked).toHaveLength(0);
  });

  it('follows redirects within the allowed hosts only, and not for ever', async () => {
    const png = await plainPicture();
    const targets: Record<string, string> = { '/in': '/there', '/out': 'http://localhost:1/x', '/loop': '/loop' };
    const { store, request } = await rigs.start((response, { url }) => {
      const location = targets[url ?? ''];
      if (location === undefined) return void response.end(png);
      response.writeHead(302, { location }).end();
    });

    const { results } = await store.lease(request(['/in', '/out', '/loop']));

    expect(results).toMatchObject([
      { kind: 'file' },
      { kind: 'missing', reason: 'its server sends me to one that I may not load files from' },
      { kind: 'missing', reason: 'its server redirects without end' },
    ]);
  });
});

describe('the folder', () => {
  it('holds a file once for all who lease it at once or later, also under a newer link', async () => {
    const png = await plainPicture();
    const { store, request, asked } = await rigs.start((response) => void response.end(png));

    const leases = await Promise.all(Array.from({ length: 20 }, () => store.lease(request(['/a?ex=1&is=2&hm=3&']))));
    const later = await store.lease(request(['/a?ex=7&is=8&hm=9&']));

    expect(asked).toHaveLength(1);
    expect(new Set([...leases, later].map((lease) => fileAt(lease, 0).path)).size).toBe(1);
  });

  it('tells the same address of two jobs apart', async () => {
    const png = await plainPicture();
    const { store, request, asked } = await rigs.start((response) => void response.end(png));

    await store.lease(request(['/a']));
    await store.lease({ ...request(['/a']), ref: 'other' });

    expect(asked).toHaveLength(2);
  });

  it('leaves one waiter its file when another gives up', async () => {
    const png = await plainPicture();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { store, request, untilAsked } = await rigs.start((response) => {
      void gate.then(() => response.end(png));
    });
    const controller = new AbortController();

    const failed = rejection(store.lease(request(['/a'], { signal: controller.signal })));
    const patient = store.lease(request(['/a']));
    await untilAsked(1);
    controller.abort();
    open();

    await failed;
    expect((await patient).results[0]?.kind).toBe('file');
  });

  it('drops the longest unused files first, and leased ones never', async () => {
    const { store, request, asked, files } = await rigs.start((response) => void response.end(videoBytes(MEGABYTE)), {
      maxFolderBytes: 2 * MEGABYTE,
    });
    const lease = (path: string) => store.lease(request([path]));

    const held = await lease('/held');
    (await lease('/old')).release();
    (await lease('/new')).release();
    (await lease('/new')).release();
    (await lease('/held')).release();
    await lease('/old');

    expect(asked).toEqual(['/held', '/old', '/new', '/old']);
    expect(await readFile(fileAt(held, 0).path)).toHaveLength(MEGABYTE);
    expect((await files()).length).toBeLessThanOrEqual(3);
  });

  it('says that there is no room while all files are leased, and has room when one is released', async () => {
    const { store, request } = await rigs.start((response) => void response.end(videoBytes(MEGABYTE)), {
      maxFolderBytes: 1.5 * MEGABYTE,
    });

    const held = await store.lease(request(['/a']));
    const full = await store.lease(request(['/b']));
    held.release();
    held.release();
    const roomy = await store.lease(request(['/b']));

    expect(full.results).toMatchObject([{ kind: 'missing', reason: 'I have no room for it right now' }]);
    expect(roomy.results[0]?.kind).toBe('file');
  });

  it('removes what a killed process left, and nothing of anyone else', async () => {
    const png = await plainPicture();
    const folder = await rigs.folder();
    await writeFile(join(folder, `${'a'.repeat(32)}.7`), 'left over');
    await writeFile(join(folder, 'diary.txt'), 'dear diary');
    const { store, request, files } = await rigs.start((response) => void response.end(png), { folder });

    await store.lease(request(['/a']));

    expect(await files()).toHaveLength(2);
    expect(await files()).toContain('diary.txt');
  });

  it('fetches again what someone removed from the disk', async () => {
    const png = await plainPicture();
    const { store, request, asked } = await rigs.start((response) => void response.end(png));

    const first = await store.lease(request(['/a']));
    await rm(fileAt(first, 0).path);
    const second = await store.lease(request(['/a']));

    expect(asked).toHaveLength(2);
    expect(await readFile(fileAt(second, 0).path)).toEqual(png);
  });

  it('names the files as missing where the folder cannot be made', async () => {
    const folder = join(await rigs.folder(), 'file');
    await writeFile(folder, 'not a folder');
    const { store, request } = await rigs.start((response) => void response.end(), { folder });

    const { results } = await store.lease(request(['/a']));

    expect(results[0]?.kind).toBe('missing');
    expect(JSON.stringify(results)).not.toContain(folder);
  });
});

function fileAt(lease: MediaLease, index: number): MediaFile {
  const result = lease.results[index];
  if (result?.kind !== 'file') throw new Error(`no file at ${index}: ${JSON.stringify(result)}`);
  return result;
}
