import { describe, expect, it } from 'vitest';
import { ChannelMessages } from '../../../sandbox/page/client/channel-messages.ts';
import type { PageMessage } from '../../../sandbox/page/server/page-api.ts';

const aMessage = (id: string, content = ''): PageMessage => ({ id, content }) as unknown as PageMessage;

describe('the messages of a channel', () => {
  const shown = (messages: ChannelMessages) => messages.all.map(({ id, content }) => `${id}${content}`);

  /** A read that ends when one says so. */
  function beginRead(messages: ChannelMessages, channelId: string) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly PageMessage[]>();
    return { done: messages.read(channelId, () => promise), resolve, reject };
  }

  it('keeps what was heard while they were read: it is newer', async () => {
    const messages = new ChannelMessages();
    const read = beginRead(messages, 'a');

    messages.put('a', aMessage('1', ' edited'));
    messages.put('a', aMessage('3', ' new'));
    messages.put('b', aMessage('4', ' of another channel'));
    messages.remove('2');
    read.resolve([aMessage('1'), aMessage('2')]);

    expect(await read.done).toBe(true);
    expect(shown(messages)).toEqual(['1 edited', '3 new']);
  });

  it('says of each change whether it is of the channel that is shown', async () => {
    const messages = new ChannelMessages();
    await messages.read('a', async () => [aMessage('1')]);
    const read = beginRead(messages, 'b');

    const heard = [messages.put('a', aMessage('2')), messages.put('b', aMessage('3')), messages.remove('9')];
    read.resolve([]);
    await read.done;

    expect(heard).toEqual([true, false, false]);
    expect(shown(messages)).toEqual(['3']);
  });

  it('takes the last of several reads, in whatever order they end', async () => {
    const messages = new ChannelMessages();
    const [first, second] = [beginRead(messages, 'a'), beginRead(messages, 'b')];

    second.resolve([aMessage('2')]);
    const isNewest = [await second.done];
    first.resolve([aMessage('1')]);
    isNewest.push(await first.done);

    expect(isNewest).toEqual([true, false]);
    expect(shown(messages)).toEqual(['2']);
  });

  it('stays as it was where a read fails', async () => {
    const messages = new ChannelMessages();
    await messages.read('a', async () => [aMessage('1')]);
    const read = beginRead(messages, 'a');

    read.reject(new Error('cut off'));
    await expect(read.done).rejects.toThrow('cut off');
    messages.put('a', aMessage('2'));

    expect(shown(messages)).toEqual(['1', '2']);
  });
});
