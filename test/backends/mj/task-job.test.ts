import { describe, expect, it } from 'vitest';
import { type Envelope, type SubmitAnswer, toSubmitAnswer } from '../../../src/backends/mj/envelope.ts';
import type { Flavour } from '../../../src/backends/mj/flavours.ts';
import { toReachableUrl } from '../../../src/backends/mj/media.ts';
import { toJob } from '../../../src/backends/mj/task-job.ts';
import { parseTask } from '../../../src/backends/mj/wire-task.ts';

const ID = '1700000000000123';
const NOW = 1_700_000_100_000;

function jobOf(task: object, flavour: Flavour | undefined = 'trueai') {
  const wire = parseTask({ id: ID, ...task });
  if (wire === undefined) throw new Error('It is no task.');
  return toJob(wire, { flavour, nowMs: NOW, toMediaUrl: (url) => url });
}

describe('a task as a job', () => {
  it.each([
    [{ status: 'NOT_START' }, 'created'],
    [{ status: '' }, 'created'],
    [{}, 'created'],
    [{ status: 'MODAL' }, 'created'],
    [{ status: 'SUBMITTED' }, 'started'],
    [{ status: 'IN_PROGRESS', progress: '31%' }, 'progress'],
    [{ status: 'SUCCESS', imageUrl: 'https://x.example/a.png' }, 'completed'],
    [{ status: 'CANCEL' }, 'cancelled'],
    [{ status: 'FAILURE', failReason: 'Banned prompt detected' }, 'moderated'],
    [{ status: 'FAILURE', failReason: '可能包含敏感词' }, 'moderated'],
    [{ status: 'FAILURE', failReason: 'Image denied' }, 'moderated'],
    [{ status: 'FAILURE', failReason: '任务已被用户取消' }, 'cancelled'],
    [{ status: 'FAILURE', failReason: '任务超时' }, 'failed'],
    [{ status: 'FAILURE', failReason: '[Pending mod message]Please acknowledge it.' }, 'failed'],
    [{ status: 'FAILURE' }, 'failed'],
    [{ status: 'WAITING_FOR_GODOT' }, 'WAITING_FOR_GODOT'],
  ])('has the status that %o means: %s', (task, status) => {
    expect(jobOf(task).status).toBe(status);
  });

  it('says in our own words why it failed', () => {
    expect(JSON.stringify(jobOf({ status: 'FAILURE', failReason: '账号 12345 被封禁' }))).not.toMatch(/账号|12345/);
  });

  it.each([
    ['31%', 31],
    ['100%', 100],
    ['250%', 100],
    ['', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads the progress %j as %j', (progress, percent) => {
    expect(jobOf({ status: 'IN_PROGRESS', progress }).progressPercent).toBe(percent);
  });

  it('has not ended for two minutes while it names no file, unless it is a text', () => {
    const ended = (agoMs: number, more = {}) =>
      jobOf({ status: 'SUCCESS', action: 'IMAGINE', finishTime: NOW - agoMs, ...more }).status;

    expect(ended(1_000)).toBe('progress');
    expect(ended(121_000)).toBe('completed');
    expect(ended(1_000, { action: 'DESCRIBE' })).toBe('completed');
    expect(ended(1_000, { videoUrls: ['https://x.example/a.mp4'] })).toBe('completed');
  });

  it('names its buttons by label or sign, and no links', () => {
    const buttons = [
      { customId: 'a', label: 'U1', emoji: '' },
      { customId: 'b', label: '', emoji: '🔄' },
      { customId: '', label: 'Web', style: 5 },
      { customId: 'c', label: 'Link', style: 5 },
      'nonsense',
    ];

    expect(jobOf({ status: 'SUCCESS', imageUrl: 'x', buttons }).buttons).toEqual(['U1', '🔄']);
    expect(jobOf({ status: 'SUCCESS', imageUrl: 'x', buttons: null }, 'new-api').buttons).toEqual([]);
    expect(jobOf({ status: 'SUCCESS', imageUrl: 'x', action: 'IMAGINE' }, 'novicezk').buttons).toHaveLength(9);
    expect(jobOf({ status: 'SUCCESS', imageUrl: 'x', action: 'UPSCALE' }, 'novicezk').buttons).toEqual([]);
  });

  it('knows where it came from, by its parent or by the words of an older press', () => {
    expect(jobOf({ parentId: '1700000000000001' }).parentJobid).toBe('1700000000000001');
    expect(jobOf({ description: '/up 1700000000000001 U2' })).toMatchObject({
      parentJobid: '1700000000000001',
      button: 'U2',
    });
    expect(jobOf({ description: '/up 1700000000000001 R' }).button).toBe('🔄');
    expect(jobOf({ description: '/imagine /up 1700000000000001 U2' }).parentJobid).toBeUndefined();
  });

  it('takes addresses as objects and as texts, and ids as numbers', () => {
    const imageUrls = ['https://x.example/1.png', { url: 'https://x.example/2.png' }, { thumbnail: 'x' }, 7];

    const job = jobOf({ id: Number(ID), imageUrl: 'https://x.example/0.png', imageUrls });

    expect(job.jobid).toBe(ID);
    expect(job.attachments).toEqual([{ url: 'https://x.example/0.png' }]);
    expect(job.imageUx).toEqual([
      { id: 1, url: 'https://x.example/1.png' },
      { id: 2, url: 'https://x.example/2.png' },
    ]);
  });

  it('shows the text of a description', () => {
    const [prompt, properties] = ['1️⃣ a red fox', { finalPrompt: '1️⃣ a red fox' }];

    const job = jobOf({ action: 'DESCRIBE', status: 'SUCCESS', prompt, properties });

    expect(job.embeds).toEqual([{ description: '1️⃣ a red fox' }]);
    expect(job.prompt).toBeUndefined();
  });
});

describe('an address in a task', () => {
  it.each([
    ['http://localhost:3000/mj/image/1?x=2', 'https://mj.example.org/mj', 'https://mj.example.org/mj/image/1?x=2'],
    ['http://127.0.0.1/a.png', 'https://mj.example.org:8443/mj', 'https://mj.example.org:8443/a.png'],
    ['http://localhost:3000/a.png', 'http://127.0.0.1:8080/mj', 'http://localhost:3000/a.png'],
    ['https://cdn.discordapp.com/a.png', 'https://mj.example.org/mj', 'https://cdn.discordapp.com/a.png'],
  ])('%s of %s is fetched from %s', (url, base, reachable) => {
    expect(toReachableUrl(url, new URL(base))).toBe(reachable);
  });
});

describe('the envelope of a submit', () => {
  const answerTo = (envelope: Envelope, flavour: Flavour = 'trueai', kind: 'imagine' | 'press' = 'press') =>
    toSubmitAnswer(envelope, { flavour, kind, facts: { endpoint: 'POST /submit', mayHaveWritten: true } });
  const codeOf = (answer: SubmitAnswer) => (answer.outcome === 'failed' ? answer.error.code : answer.outcome);

  it.each<[number, string, string]>([
    [3, '关联任务不存在或已失效', 'backend-not-found'],
    [3, '无可用的账号实例', 'backend-no-account'],
    [4, '参数错误', 'backend-invalid-request'],
    [4, '今日绘图次数已达上限', 'backend-busy'],
    [4, '账号被封锁', 'backend-busy'],
    [4, 'task_not_found', 'backend-not-found'],
    [9, '提交失败，队列已满，请稍后重试', 'backend-busy'],
    [9, '提交失败，系统异常', 'backend-server'],
    [23, '队列已满', 'backend-busy'],
    [24, '可能包含敏感词', 'backend-rejected-prompt'],
    [30, '当前分组负载已饱和', 'backend-busy'],
    [77, 'what is this', 'unreadable'],
  ])('with code %i and “%s” is %s', (code, description, wanted) => {
    expect(codeOf(answerTo({ code, description }))).toBe(wanted);
  });

  it('made a task with 1 and 22, and asks for a second step with 21, but not at novicezk', () => {
    expect(answerTo({ code: 1, result: ID })).toEqual({ outcome: 'created', jobid: ID });
    expect(answerTo({ code: 22, result: ID })).toEqual({ outcome: 'created', jobid: ID });
    expect(answerTo({ code: 21, result: ID })).toEqual({ outcome: 'modal', jobid: ID });
    expect(answerTo({ code: 21, result: ID }, 'novicezk')).toEqual({ outcome: 'existing', jobid: ID });
    expect(answerTo({ code: 1 })).toEqual({ outcome: 'unreadable' });
  });

  it('passes on the prompt that a second step would take', () => {
    expect(answerTo({ code: 21, result: ID, properties: { finalPrompt: 'a red fox' } })).toEqual({
      outcome: 'modal',
      jobid: ID,
      prompt: 'a red fox',
    });
  });

  it('leaves open what a bare failure did, and nothing else', () => {
    const mayHaveWritten = (code: number, description: string) => {
      const answer = answerTo({ code, description });
      return answer.outcome === 'failed' && answer.error.mayHaveWritten;
    };

    expect(mayHaveWritten(9, '系统异常')).toBe(true);
    expect([3, 4, 23, 24, 30].map((code) => mayHaveWritten(code, ''))).toEqual([false, false, false, false, false]);
  });
});
