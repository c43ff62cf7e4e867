/** What is said where a submission comes to nothing, or nobody knows what came of it; pure. */
export const submissionProblemWords = {
  noButton: 'This job no longer has that button. Click **Refresh** on its card to see the ones it has.',
  parentUnread:
    'I can’t check right now whether an earlier click of this button made a job. Nothing was spent: try again in a minute.',
  noApiChannel:
    'The API doesn’t know this API channel. Leave `api-channel` out, or pick one from the list while you type.',
  nothingToReset: 'The API doesn’t know this API channel. Check its ID and try again.',
  accountGone: 'That account is no longer available here. Nothing was spent.',
  accountRemoved:
    'That account was removed before it said whether this started. It may have made something: check there.',
  forgotten: 'I no longer know what came of this. Check `/jobs` before you try again.',
  noAccount: 'No account takes prompts from this server. Ask whoever runs me to add one.',
  takesNone: 'That account takes no prompts. Pick another one, or leave `account` out.',
  badPrompt: (max: number) => `A prompt can have up to ${max} characters. Make it shorter and try again.`,
  noPictures: 'The server that makes the pictures here can’t describe or blend. Use `/imagine`.',
  submitForgotten: 'I no longer know this prompt. Use `/imagine` to start again.',
  notNoted: 'I couldn’t save what came of this. It may be running: check `/jobs` before you try again.',
  refused: 'Midjourney refused the prompt.',
  mayBeRunning:
    'The answer got lost and I can’t find the job, but it may be running. Check `/jobs` before you try again.',
};
