/** What a picture is described by: four prompts, a line each. */
export const DESCRIPTION = [1, 2, 3, 4]
  .map((n) => `${n}\ufe0f\u20e3 a picture in other words, version ${n} --ar 1:1`)
  .join('\n\n');
