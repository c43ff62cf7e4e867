import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { REST } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { toRequest } from '../../src/discord/core/outgoing.ts';
import { MediaRigs, noisePicture } from './media-rig.ts';

const run = promisify(execFile);
const rigs = new MediaRigs();
afterEach(() => rigs.close());

describe('an upload through discord.js', () => {
  it('arrives byte for byte although undici is loaded and in use', async () => {
    const picture = await noisePicture(600);
    const { store, request } = await rigs.start((response) => void response.end(picture));
    const discord = await startUploadServer();
    const rest = new REST({ api: `${discord.url}/api`, version: '10' }).setToken('token');

    const { results, release } = await store.lease(request(['/grid', '/image-1']));
    const files = results.filter((result) => result.kind === 'file');
    await rest.post('/channels/1/messages', await toRequest({ content: 'x' }, files));
    release();

    expect(discord.uploads).toMatchObject([
      { field: 'payload_json', text: '{"content":"x"}' },
      { field: 'files[0]', name: 'abcd1234-grid.png', type: 'image/png' },
      { field: 'files[1]', name: 'abcd1234-image-1.png', type: 'image/png' },
    ]);
    expect(discord.uploads[1]?.bytes?.equals(picture)).toBe(true);
    expect(discord.uploads[2]?.bytes?.equals(picture)).toBe(true);
    await discord.close();
  });

  it.each(['ours-first', 'discord-first'])(
    'arrives byte for byte whichever HTTP client is loaded first: %s',
    async (order) => {
      const picture = await noisePicture(200);
      const path = join(await rigs.folder(), 'picture');
      await writeFile(path, picture);
      const discord = await startUploadServer();

      const child = new URL('upload-child.ts', import.meta.url);
      await run(process.execPath, [fileURLToPath(child), order, `${discord.url}/api`, path]);

      expect(discord.uploads[0]?.bytes?.equals(picture)).toBe(true);
      await discord.close();
    },
  );

  it('arrives byte for byte as a buffer too', async () => {
    const picture = await noisePicture(300);
    const discord = await startUploadServer();
    const rest = new REST({ api: `${discord.url}/api`, version: '10' }).setToken('token');

    await rest.post('/channels/1/messages', { body: {}, files: [{ name: 'a.png', data: picture }] });

    expect(discord.uploads[0]?.bytes?.equals(picture)).toBe(true);
    await discord.close();
  });
});

interface Upload {
  readonly field: string;
  readonly text?: string;
  readonly name?: string;
  readonly type?: string;
  readonly bytes?: Buffer;
}

/** Stands in for Discord's REST API: keeps the files of each message. */
async function startUploadServer() {
  const uploads: Upload[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(body, { headers }).formData();
    for (const [field, value] of form.entries()) uploads.push(await toUpload(field, value));
    response.setHeader('content-type', 'application/json').end('{"id":"1"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    uploads,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toUpload(field: string, value: FormDataEntryValue): Promise<Upload> {
  if (typeof value === 'string') return { field, text: value };
  return { field, name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
}
