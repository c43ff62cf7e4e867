import { afterEach, expect, it } from 'vitest';
import { MediaRigs, plainPicture } from './media-rig.ts';

const rigs = new MediaRigs();
afterEach(() => rigs.close());

it('fetches nothing from a private address, also of an allowed host, because a server’s own account names it', async () => {
  const png = await plainPicture();
  const isGuarded = (board: string) => board.startsWith('own-');
  const { store, request, source, asked } = await rigs.start((response) => void response.end(png), { isGuarded });
  const sources = [
    { ...source('/theirs'), board: 'own-2s-t0/v3' },
    { ...source('/ours'), board: 'v3' },
  ];

  const { results } = await store.lease(request([], { sources }));

  expect(results.map(({ kind }) => kind)).toEqual(['missing', 'file']);
  expect(asked).toEqual(['/ours']);
});
