/** Lines of two edits beside what both began from: which part who changed. Pure; runs in a worker, because long texts take a while. */
import { diffArrays } from 'diff';
import { diffIndices } from 'node-diff3';

export interface Texts { readonly base: string | null; readonly mine: string; readonly theirs: string }
/** One line across; a null is a gap beside a longer part. `skip` stands for equal lines that are not shown. */
export type ComparedRow =
  | { readonly kind: 'equal' | 'mine' | 'theirs' | 'both'; readonly base: string | null; readonly mine: string | null; readonly theirs: string | null }
  | { readonly kind: 'skip'; readonly lines: number };
export interface Compared { readonly rows: readonly ComparedRow[]; readonly cut: boolean }

const shownAround = 3;
const mostRows = 2000;
const longestDiffMs = 3000;
interface Hunk { readonly side: 'mine' | 'theirs'; readonly start: number; readonly length: number; readonly otherLength: number }

export function compareTexts({ base, mine, theirs }: Texts): Compared {
  const [mineLines, theirLines] = [linesOf(mine), linesOf(theirs)];
  const rows = withSkips(base === null ? twoWays(mineLines, theirLines) : threeWays(linesOf(base), mineLines, theirLines));
  return { rows: rows.slice(0, mostRows), cut: rows.length > mostRows };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Changed parts of both sides that touch are shown as one, so that no line of either is torn from its neighbours. */
function threeWays(base: readonly string[], mine: readonly string[], theirs: readonly string[]): ComparedRow[] {
  const hunksOf = (side: Hunk['side'], other: readonly string[]): Hunk[] => diffIndices([...base], [...other]).map((hunk) => ({ side, start: hunk.buffer1[0], length: hunk.buffer1[1], otherLength: hunk.buffer2[1] }));
  const hunks = [...hunksOf('mine', mine), ...hunksOf('theirs', theirs)].sort((a, b) => a.start - b.start);
  const rows: ComparedRow[] = [];
  const at = { base: 0, mine: 0, theirs: 0 };
  const equalUntil = (end: number): void => {
    for (; at.base < end; at.base += 1, at.mine += 1, at.theirs += 1) rows.push({ kind: 'equal', base: base[at.base] ?? '', mine: mine[at.mine] ?? '', theirs: theirs[at.theirs] ?? '' });
  };
  for (let next = 0; next < hunks.length; ) {
    const group: Hunk[] = [];
    const start = hunks[next]?.start ?? 0;
    let end = start;
    for (let hunk = hunks[next]; hunk !== undefined && (group.length === 0 || hunk.start <= end); hunk = hunks[next]) {
      group.push(hunk);
      end = Math.max(end, hunk.start + hunk.length);
      next += 1;
    }
    equalUntil(start);
    const lengthOf = (side: Hunk['side']): number => end - start + group.filter((hunk) => hunk.side === side).reduce((sum, hunk) => sum + hunk.otherLength - hunk.length, 0);
    const part = { base: base.slice(at.base, end), mine: mine.slice(at.mine, at.mine + lengthOf('mine')), theirs: theirs.slice(at.theirs, at.theirs + lengthOf('theirs')) };
    const sides = new Set(group.map((hunk) => hunk.side));
    rows.push(...block(sides.size === 2 ? 'both' : sides.has('mine') ? 'mine' : 'theirs', part));
    Object.assign(at, { base: end, mine: at.mine + part.mine.length, theirs: at.theirs + part.theirs.length });
  }
  equalUntil(base.length);
  return rows;
}

function twoWays(mine: readonly string[], theirs: readonly string[]): ComparedRow[] {
  const parts = diffArrays([...theirs], [...mine], { timeout: longestDiffMs }) as ReturnType<typeof diffArrays<string>> | undefined;
  // Too different to be told apart in that time: the whole is one changed part.
  if (parts === undefined) return block('both', { base: null, mine, theirs });
  const rows: ComparedRow[] = [];
  let open = { mine: [] as string[], theirs: [] as string[] };
  const close = (): void => {
    rows.push(...block('both', { base: null, ...open }));
    open = { mine: [], theirs: [] };
  };
  for (const part of parts) {
    if (part.added) open.mine.push(...part.value);
    else if (part.removed) open.theirs.push(...part.value);
    else {
      close();
      for (const line of part.value) rows.push({ kind: 'equal', base: null, mine: line, theirs: line });
    }
  }
  close();
  return rows;
}

function block(kind: 'mine' | 'theirs' | 'both', part: { readonly base: readonly string[] | null; readonly mine: readonly string[]; readonly theirs: readonly string[] }): ComparedRow[] {
  const height = Math.max(part.base?.length ?? 0, part.mine.length, part.theirs.length);
  return Array.from({ length: height }, (_, line) => ({ kind, base: part.base?.[line] ?? null, mine: part.mine[line] ?? null, theirs: part.theirs[line] ?? null }));
}

function withSkips(rows: readonly ComparedRow[]): ComparedRow[] {
  const out: ComparedRow[] = [];
  for (let at = 0; at < rows.length; ) {
    let end = at;
    while (rows[end]?.kind === 'equal') end += 1;
    const before = at === 0 ? 0 : shownAround;
    const after = end === rows.length ? 0 : shownAround;
    if (end - at > before + after + 1) {
      out.push(...rows.slice(at, at + before), { kind: 'skip', lines: end - at - before - after }, ...rows.slice(end - after, end));
    } else out.push(...rows.slice(at, end));
    at = end;
    while (at < rows.length && rows[at]?.kind !== 'equal') out.push(rows[at++] as ComparedRow);
  }
  return out;
}
