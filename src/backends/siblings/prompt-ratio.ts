const RATIO = /(?:^|\s)--(?:ar|aspect)\s+(\d{1,2}:\d{1,2})(?=\s|$)/i;

/** A prompt apart from the picture's shape, which Midjourney's users write as `--ar 16:9`. */
export function splitRatio(prompt: string): { readonly prompt: string; readonly ratio?: string } {
  const ratio = RATIO.exec(prompt)?.[1];
  const words = prompt.replace(RATIO, '').trim();
  return ratio === undefined || words === '' ? { prompt } : { prompt: words, ratio };
}
