export const TOKEN = 'user:12345-SecretTokenNobodyMaySee';
export const V2_ID = 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney';
export const V3_ID = 'j1023141520123456789i-u12345-c1234567890123456789-bot:midjourney';

/** A finished v2 job with videos, as the API's documentation shows one. */
export const v2Job = {
  jobid: V2_ID,
  verb: 'imagine',
  status: 'completed',
  created: '2025-08-22T14:38:12.123Z',
  updated: '2025-08-22T14:40:05.889Z',
  prompt: 'Tweety Bird spins kettlebell --ar 3:2 --motion low --video',
  replyRef: '2025-08-22T14:38:10.456Z',
  channel: '1122334455667788990',
  maxJobs: 3,
  discord: 'NDE...secured...ABC',
  messageId: '1522889900112233445',
  content: '**Tweety Bird spins kettlebell --video 1** - <@987654321098765432> (fast)',
  attachments: [
    {
      content_type: 'image/webp',
      filename: 'bird.webp',
      size: 3105492,
      url: 'https://cdn.discordapp.com/attachments/1/2/bird.webp?ex=1&is=2&hm=3&',
      width: 512,
      height: 768,
      id: '1522889900112233445',
    },
  ],
  buttons: ['U1', 'U2', 'U3', 'U4', '🔄'],
  videoUx: [{ id: 1, url: 'https://cdn.midjourney.com/video/b4d8e1a0-5c6f-4a3b-9e1d-f8c7b6a5d4e3/0.mp4' }],
  code: 200,
};

/** A finished v3 job. */
export const v3Job = {
  jobid: V3_ID,
  verb: 'button',
  jobType: 'image',
  status: 'completed',
  created: '2025-10-23T14:15:20.123Z',
  updated: '2025-10-23T14:16:01.000Z',
  request: { prompt: 'a fox', button: 'U1', jobId: 'parent', stream: false, replyRef: 'r-1' },
  response: {
    id: '1522889900112233445',
    channel_id: '1234567890123456789',
    content: '**a fox** - <@1> (fast)',
    attachments: [{ id: '9', url: 'https://cdn.discordapp.com/a.webp', filename: 'a.webp' }],
    buttons: ['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4'],
    imageUx: [{ id: 1, url: 'https://cdn.midjourney.com/b4d8e1a0-5c6f-4a3b-9e1d-f8c7b6a5d4e3/0_0.jpeg' }],
    children: { U1: { jobid: V3_ID, button: 'U1', messageId: '1522889900112233446' } },
    progress_percent: 100,
  },
};

/** Two running jobs, as the API's documentation lists them. */
export const v3List = {
  total: 2,
  images: 2,
  videos: 0,
  channels: {
    '1234567890123456789': {
      total: 2,
      images: 2,
      videos: 0,
      maxJobs: 3,
      maxImageJobs: 3,
      maxVideoJobs: 3,
      jobs: [
        {
          jobId: V3_ID,
          channel: '1234567890123456789',
          jobType: 'image',
          created: '2025-10-23T14:15:20.123Z',
          elapsed: '00:32',
        },
        {
          jobId: 'j1023141525987654321i-u12345-c1234567890123456789-bot:midjourney',
          channel: '1234567890123456789',
          jobType: 'image',
          created: '2025-10-23T14:15:25.987Z',
          elapsed: '00:27',
        },
      ],
    },
  },
};
