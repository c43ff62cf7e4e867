/** Comments and quoted texts, whichever begins first; so that `//` in an address begins no comment. */
const COMMENT_OR_TEXT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

/** A source without its comments, each line where it was. */
export function blankComments(source: string): string {
  return source.replace(COMMENT_OR_TEXT, (found) => (isComment(found) ? found.replace(/[^\n]/g, '') : found));
}

/** What stands between quotes, with the line on which it begins. */
export function findTexts(source: string): { readonly text: string; readonly line: number }[] {
  return [...source.matchAll(COMMENT_OR_TEXT)]
    .filter(([found]) => !isComment(found))
    .map(({ 0: found, index }) => ({ text: found.slice(1, -1), line: source.slice(0, index).split('\n').length }));
}

function isComment(found: string): boolean {
  return found.startsWith('//') || found.startsWith('/*');
}
