/** What fits into a custom id beside its name. */
const MAX_LENGTH = 70;

/** The revisions of rules' changes as `1.2k.2l`, base 36; undefined where they do not fit. */
export function toRevisionsText(revisions: readonly number[]): string | undefined {
  const text = revisions.map((revision) => revision.toString(36)).join('.');
  return text.length > MAX_LENGTH ? undefined : text;
}

export function parseRevisionsText(text: string): number[] {
  const revisions = text.split('.').map((part) => Number.parseInt(part, 36));
  return revisions.filter((revision) => revision >= 1);
}
