/** Rules for what may be uploaded (size from–to, types, pattern of names): pure, so that a page checks before sending what the service checks again. */

export interface UploadRules {
  /** Both inclusive; null is no limit. */
  readonly leastBytes: number | null;
  readonly mostBytes: number | null;
  /** `.txt` by ending, `image/` a whole group, `application/pdf` one type; empty allows every type. One that fits is enough. */
  readonly types: readonly string[];
  /** `*` stands for any text, `?` for one character; null allows every name. */
  readonly namePattern: string | null;
}
/** What is known of a file so far: null is checked later. */
export interface FileFacts {
  readonly name: string;
  readonly sizeBytes: number | null;
  /** That much has come already, where the whole size is not known yet. */
  readonly atLeastBytes?: number;
  /** By its bytes. */
  readonly contentType: string | null;
}
export type RuleBreak = 'too_small' | 'too_large' | 'wrong_type' | 'wrong_name';

export const noRules: UploadRules = { leastBytes: null, mostBytes: null, types: [], namePattern: null };

/** In the order in which they can be seen; empty means that nothing speaks against it so far. */
export function brokenRules(rules: UploadRules, file: FileFacts): readonly RuleBreak[] {
  const size = file.sizeBytes;
  const seenBytes = Math.max(size ?? 0, file.atLeastBytes ?? 0);
  return [
    ...(rules.namePattern !== null && !fitsPattern(file.name, rules.namePattern) ? (['wrong_name'] as const) : []),
    ...(rules.types.length > 0 && !rules.types.some((type) => fitsType(file, type)) ? (['wrong_type'] as const) : []),
    ...(rules.mostBytes !== null && seenBytes > rules.mostBytes ? (['too_large'] as const) : []),
    ...(rules.leastBytes !== null && size !== null && size < rules.leastBytes ? (['too_small'] as const) : []),
  ];
}

export function ruleSentence(broken: RuleBreak, rules: UploadRules): string {
  if (broken === 'too_small') return `it has fewer than ${rules.leastBytes ?? 0} bytes`;
  if (broken === 'too_large') return `it has more than ${rules.mostBytes ?? 0} bytes`;
  return broken === 'wrong_type' ? `only ${rules.types.join(', ')} may be uploaded` : `its name must be like ${rules.namePattern ?? '*'}`;
}

/** Of these endings only text has the right to the name. */
const textEndings: ReadonlySet<string> = new Set(['.txt', '.md', '.csv', '.log', '.json', '.xml', '.html', '.css', '.js', '.yaml', '.yml', '.svg']);
const textTypes = /^(text\/|application\/(json|xml|yaml|javascript)|image\/svg\+xml|inode\/x-empty)/;

function fitsType(file: FileFacts, type: string): boolean {
  const wanted = type.toLowerCase();
  if (wanted.startsWith('.')) {
    if (!file.name.toLowerCase().endsWith(wanted)) return false;
    return file.contentType === null || textEndings.has(wanted) === textTypes.test(file.contentType) || file.contentType === 'application/octet-stream' && !textEndings.has(wanted);
  }
  // By type alone nothing can be said before bytes were seen.
  if (file.contentType === null) return true;
  return wanted.endsWith('/') ? file.contentType.startsWith(wanted) : file.contentType === wanted;
}

/** Step by step with one place to come back to, so that no pattern takes long (as a regular expression could). */
export function fitsPattern(name: string, pattern: string): boolean {
  const [text, wanted] = [[...name.normalize('NFC')], [...pattern.normalize('NFC')]];
  let [at, want] = [0, 0];
  let star: { readonly want: number; at: number } | null = null;
  while (at < text.length) {
    if (wanted[want] === '*') star = { want: (want += 1), at };
    else if (want < wanted.length && (wanted[want] === '?' || wanted[want] === text[at])) [at, want] = [at + 1, want + 1];
    else if (star !== null) [at, want] = [(star.at += 1), star.want];
    else return false;
  }
  while (wanted[want] === '*') want += 1;
  return want === wanted.length;
}
