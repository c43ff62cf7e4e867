import { describe, expect, it } from 'vitest';
import { buildOnto } from '../../src/app/build-onto.ts';
import { aRecordingLogger } from '../recording-logger.ts';

describe('what is built onto a stack', () => {
  it('is disposed where it is abandoned, and says why', async () => {
    const abandon = new AbortController();
    const disposed: string[] = [];
    const building = buildOnto(
      (stack) => {
        stack.defer(() => void disposed.push('a part'));
        return new Promise<never>(() => undefined);
      },
      { abandoned: abandon.signal, logger: aRecordingLogger().logger },
    );

    abandon.abort(new Error('enough'));

    await expect(building).rejects.toThrow('enough');
    expect(disposed).toEqual(['a part']);
  });

  it('says why it failed, and not what failed when it was disposed', async () => {
    const { logger, lines } = aRecordingLogger();
    const building = buildOnto(
      async (stack) => {
        stack.defer(() => Promise.reject(new Error('the database is gone')));
        throw new Error('the token is wrong');
      },
      { logger },
    );

    await expect(building).rejects.toThrow('the token is wrong');
    expect(lines.join()).toContain('the database is gone');
  });

  it('goes on where it is abandoned after its end', async () => {
    const abandon = new AbortController();
    const disposed: string[] = [];
    const built = await buildOnto(
      async (stack) => {
        stack.defer(() => void disposed.push('a part'));
        return 'an app';
      },
      { abandoned: abandon.signal, logger: aRecordingLogger().logger },
    );

    abandon.abort();

    expect([built, disposed]).toEqual(['an app', []]);
  });
});
