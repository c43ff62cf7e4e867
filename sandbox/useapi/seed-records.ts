import { signPath } from '../midjourney/picture-paths.ts';

/** The example of the vendor's page on reading a v2 job. */
export const EXAMPLE_V2 = {
  jobid: 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney',
  guid: 'b4d8e1a0-5c6f-4a3b-9e1d-f8c7b6a5d4e3',
  messageId: '1522889900112233445',
  prompt:
    'https://modern.art/abcdef/bird.webp Tweety Bird spins kettlebell with one hand around once and hurls the kettlebell directly at the camera in a slow motion --iw 2 --ar 3:2 --motion low --video',
} as const;

const CONTENT =
  '**<https://s.mj.run/aBcDeF-ghIj> https://fluxpro.ai/abcdef/bird.webp Tweety Bird spins kettlebell with one hand around once and hurls the kettlebell directly at the camera in a slow motion --iw 2 --ar 3:2 --motion low --video 1** - <@987654321098765432> [(Open on website for full quality)](<https://midjourney.com/jobs/b4d8e1a0-5c6f-4a3b-9e1d-f8c7b6a5d4e3>) (fast)';

function toAttachments(origin: string, issuedAt: number) {
  const path = `/attachments/1122334455667788990/${EXAMPLE_V2.messageId}/${EXAMPLE_V2.guid}.webp`;
  const url = `${origin}${signPath(path, issuedAt)}`;
  return [
    {
      proxy_url: url,
      height: 768,
      content_type: 'image/webp',
      placeholder: '…',
      placeholder_version: 1,
      filename: '….webp',
      size: 3105492,
      url,
      width: 512,
      flags: 32,
      content_scan_version: 2,
      id: EXAMPLE_V2.messageId,
    },
  ];
}

/** That example's record as published, but for the attachment's addresses: those lead to the stand-in's own CDN. */
export function toExampleRecordV2(origin: string, issuedAt: number): Record<string, unknown> {
  return {
    jobid: EXAMPLE_V2.jobid,
    verb: 'imagine',
    status: 'completed',
    created: '2025-08-22T14:38:12.123Z',
    updated: '2025-08-22T14:40:05.889Z',
    prompt: EXAMPLE_V2.prompt,
    replyRef: '2025-08-22T14:38:10.456Z',
    replyUrl: 'https://webhook.site/b4d8e1a0-5c6f-4a3b-9e1d-f8c7b6a5d4e3',
    channel: '1122334455667788990',
    maxJobs: 3,
    discord: 'NDE...secured...ABC',
    messageId: EXAMPLE_V2.messageId,
    content: CONTENT,
    timestamp: '2025-08-22T14:39:55.777000+00:00',
    attachments: toAttachments(origin, issuedAt),
    buttons: ['U1', 'U2', 'U3', 'U4', '🔄'],
    videoUx: [0, 1, 2, 3].map((index) => ({
      id: index + 1,
      url: `https://cdn.midjourney.com/video/${EXAMPLE_V2.guid}/${index}.mp4`,
    })),
    code: 200,
  };
}

/** The two jobs of the vendor's page on listing running v3 jobs. */
export const EXAMPLES_V3 = [
  {
    jobid: 'j1023141520123456789i-u12345-c1234567890123456789-bot:midjourney',
    created: '2025-10-23T14:15:20.123Z',
    elapsed: '00:32',
    prompt: 'a paper crane folding itself, studio light --ar 3:2',
  },
  {
    jobid: 'j1023141525987654321i-u12345-c1234567890123456789-bot:midjourney',
    created: '2025-10-23T14:15:25.987Z',
    elapsed: '00:27',
    prompt: 'a brass telescope on a windy roof',
  },
] as const;
