/** Sends forged requests to a hub and judges each answer: refused is a 4xx that shows nothing; a 429 counts as nothing, a 2xx, a 3xx or a 5xx as a way in. */
import { hubRows, madeRight, rightRefusals, setStage, type Stage } from './stage.ts';
import { families, type Forgery } from './forgeries.ts';
import type { Got, Target } from './target.ts';

export interface AttackReport {
  readonly sent: number;
  readonly refused: number;
  /** Said nothing about the guard, so they count for neither side. */
  readonly tooMany: number;
  readonly byFault: Readonly<Record<string, number>>;
  readonly letIn: readonly string[];
  /** Every command made right, before and after. */
  readonly right: number;
  readonly rightFailed: readonly string[];
}
const atOnce = 8;

export async function attack(target: Target, options: { readonly requests: number; readonly seed: number; readonly setupCode: string | null; readonly say?: (line: string) => void }): Promise<AttackReport> {
  const stage = await setStage(target, options.setupCode);
  const rightFailed: string[] = [];
  let right = await tryRight(stage, rightFailed);
  const [byFault, letIn] = [{} as Record<string, number>, [] as string[]];
  let [sent, refused, tooMany] = [0, 0, 0];
  const pick = pickBy(options.seed);
  const work = async (): Promise<void> => {
    while (sent < options.requests) {
      const family = families[sent % families.length] as (typeof families)[number];
      sent += 1;
      const forged = family(stage, pick);
      const got = await target.ask(forged.sent).catch((thrown: NodeJS.ErrnoException) => brokenOff(thrown));
      byFault[forged.fault] = (byFault[forged.fault] ?? 0) + 1;
      const verdict = judge(stage, got);
      if (verdict === 'refused') refused += 1;
      else if (verdict === 'tooMany') tooMany += 1;
      else letIn.push(describe(forged, got));
      if (sent % 1000 === 0) options.say?.(`${sent} sent, ${letIn.length} let in`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  right += await tryRight(stage, rightFailed);
  // What nobody else could touch is as it was.
  const left = await target.ask({ method: 'GET', path: `/api/files/${stage.blanks.file_id}/download`, headers: { authorization: `Bearer ${stage.ann.token}` } });
  if (left.text !== stage.canary) rightFailed.push(`the attacked file reads ${left.status} ${left.text.slice(0, 60)}`);
  return { sent, refused, tooMany, byFault, letIn, right, rightFailed };
}

async function tryRight(stage: Stage, failed: string[]): Promise<number> {
  let worked = 0;
  for (const [name, row] of hubRows) {
    const got = await madeRight(stage, name, row);
    if (got === null) continue;
    if (wentRight(got, rightRefusals[name])) worked += 1;
    else failed.push(`${name} ${got.status} ${got.text.slice(0, 120)}`);
  }
  return worked;
}

function wentRight(got: Got, refusal: (typeof rightRefusals)[keyof typeof rightRefusals]): boolean {
  if (refusal === undefined) return got.status >= 200 && got.status < 300;
  return got.status === refusal.status && got.text.includes(`"error_code":"${refusal.code}"`);
}

/** A header that HTTP itself doesn't allow never left, or the line was cut: nobody was let in by that. */
function brokenOff(thrown: NodeJS.ErrnoException): Got {
  if (thrown.code === 'ERR_INVALID_CHAR' || thrown.code === 'ERR_UNESCAPED_CHARACTERS' || thrown.code === 'ECONNRESET' || thrown.code === 'EPIPE') return { status: 400, headers: {}, text: '' };
  throw thrown;
}

export function judge(stage: Pick<Stage, 'canary'>, got: Got): 'refused' | 'tooMany' | 'letIn' {
  if (got.status === 429) return 'tooMany';
  if ([stage.canary, 'PRIVATE KEY', 'root:x:0', 'SQLite format', 'HOME='].some((secret) => got.text.includes(secret))) return 'letIn';
  return got.status >= 400 && got.status < 500 && got.headers.location === undefined ? 'refused' : 'letIn';
}
function describe({ fault, sent }: Forgery, got: Got): string {
  return `${fault} ${sent.method} ${sent.path.slice(0, 160)} ${JSON.stringify(sent.headers ?? {}).slice(0, 300)} -> ${got.status} ${got.text.slice(0, 120)}`;
}

/** Mulberry32: small, and the same on every machine. */
function pickBy(seed: number): <T>(list: readonly T[]) => T {
  let state = seed >>> 0;
  return (list) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return list[((mixed ^ (mixed >>> 14)) >>> 0) % list.length] as (typeof list)[number];
  };
}
