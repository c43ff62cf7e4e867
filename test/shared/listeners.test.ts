import { describe, expect, it } from 'vitest';
import { Listeners } from '../../src/shared/listeners.ts';

describe('Listeners', () => {
  it('calls in the order in which they were added, with all arguments', () => {
    const listeners = new Listeners<[name: string, count: number], void>();
    const seen: string[] = [];
    listeners.on((name, count) => void seen.push(`first ${name} ${count}`));
    listeners.on((name, count) => void seen.push(`second ${name} ${count}`));

    listeners.emit('job', 2);

    expect(seen).toEqual(['first job 2', 'second job 2']);
  });

  it('calls nobody who was removed, and forgets all when it is cleared', () => {
    const listeners = new Listeners<[], void>();
    const seen: string[] = [];
    const remove = listeners.on(() => void seen.push('removed'));
    listeners.on(() => void seen.push('stays'));

    remove();
    listeners.emit();
    listeners.clear();
    listeners.emit();

    expect(seen).toEqual(['stays']);
  });

  it('calls all although one removes itself meanwhile', () => {
    const listeners = new Listeners<[], void>();
    const seen: string[] = [];
    const remove = listeners.on(() => remove());
    listeners.on(() => void seen.push('next'));

    listeners.emit();

    expect(seen).toEqual(['next']);
  });

  it('awaits one after the other, and calls none after one that fails', async () => {
    const listeners = new Listeners<[]>();
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    listeners.on(() => first.promise.then(() => void seen.push('first')));
    listeners.on(async () => {
      seen.push('second');
      throw new Error('the store is full');
    });
    listeners.on(async () => void seen.push('third'));

    const emitted = listeners.emitInTurn();
    expect(seen).toEqual([]);
    first.resolve();

    await expect(emitted).rejects.toThrow('the store is full');
    expect(seen).toEqual(['first', 'second']);
  });

  it('calls all at once and waits for all, then rejects with the first failure', async () => {
    const listeners = new Listeners<[]>();
    const seen: string[] = [];
    const slow = Promise.withResolvers<void>();
    listeners.on(() => {
      throw new Error('first');
    });
    listeners.on(() => Promise.reject(new Error('second')));
    listeners.on(() => slow.promise.then(() => void seen.push('slow')));

    const emitted = listeners.emitToAll();
    slow.resolve();

    await expect(emitted).rejects.toThrow('first');
    expect(seen).toEqual(['slow']);
  });

  it('hands over each failure and calls the rest', async () => {
    const listeners = new Listeners<[word: string]>();
    const seen: string[] = [];
    const failures: unknown[] = [];
    listeners.on(() => Promise.reject(new Error('first')));
    listeners.on(async (word) => void seen.push(word));

    await listeners.emitToEach((thrown) => failures.push(thrown), 'upkeep');

    expect(failures).toEqual([new Error('first')]);
    expect(seen).toEqual(['upkeep']);
  });
});
