/** The commands about where bytes are: `tiers plan|run`, and `evict`, `fetch`, `pin`, `unpin` for this disk. */
import type { Migration, ResidencyChange, RootStatus, TierPlan } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { tell, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { sizeText } from './printing.ts';
import { placeInRoots } from './settling.ts';

export async function tiersCommand(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const [what] = context.places;
  if (what !== 'plan' && what !== 'run') throw new AppError('bad_request', { detail: 'tiers needs plan or run' });
  const roots = await rootsWithCold(strata);
  return what === 'plan' ? plan(context, strata, roots) : run(context, strata, roots);
}

/** Throws `nothing_set_up`, or `no_cold_store` when no folder has one. */
async function rootsWithCold(strata: Connection): Promise<readonly RootStatus[]> {
  const { roots } = await strata.call('readStatus', {});
  if (roots.length === 0) throw new AppError('nothing_set_up');
  const found: RootStatus[] = [];
  for (const root of roots) if ((await strata.call('readTiers', { rootId: root.id })).cold !== null) found.push(root);
  if (found.length === 0) throw new AppError('no_cold_store', { root: roots[0]?.name ?? '' });
  return found;
}

async function plan(context: CommandContext, strata: Connection, roots: readonly RootStatus[]): Promise<ExitCode> {
  const plans: (TierPlan & { readonly folder: string })[] = [];
  for (const root of roots) plans.push({ folder: root.folder, ...(await strata.call('previewTiers', { rootId: root.id })) });
  const sum = (of: (one: TierPlan) => number): number => plans.reduce((total, one) => total + of(one), 0);
  tell(context, { copies: sum((one) => one.copies), drops: sum((one) => one.drops), bytesToCopy: sum((one) => one.bytesToCopy), bytesFreedInWarm: sum((one) => one.bytesFreedInWarm), folders: plans }, plans.flatMap(planLines));
  return 0;
}
function planLines(one: TierPlan & { readonly folder: string }): readonly string[] {
  const freed = one.drops === 0 ? 'the warm copies stay' : `${one.drops} warm copies go, ${sizeText(one.bytesFreedInWarm)}`;
  const stays = ([['there already', one.stays.alreadyThere], ['no rule fits', one.stays.noRule], ['kept in place', one.stays.pinned], ['too small for the class', one.stays.tooSmallForClass], ['changed too recently', one.stays.changedTooRecently]] as const).filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`);
  return [
    `${one.folder}: ${one.copies} files to copy, ${sizeText(one.bytesToCopy)}; ${freed}.`,
    ...one.examples.slice(0, 20).map((example) => `  ${sizeText(example.sizeBytes).padStart(9)}  ${example.path}  (${example.rule}${example.storageClass === null ? '' : `, ${example.storageClass}`})`),
    ...(stays.length === 0 ? [] : [`  Stays: ${stays.join(', ')}.`]),
  ];
}

async function run(context: CommandContext, strata: Connection, roots: readonly RootStatus[]): Promise<ExitCode> {
  const total = { moved: 0, copied: 0, failed: 0, bytesUp: 0, requests: 0, ms: 0 };
  let waits = false;
  for (const root of roots) {
    const one = await strata.call('runTiers', { rootId: root.id });
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += one[name];
    for (const reason of reasonsOf(root, one)) context.complain(reason);
    waits ||= one.failed > 0 || one.isBusy;
  }
  const { moved, copied, failed, bytesUp, requests, ms } = total;
  tell(context, total, [`${moved} moved, ${copied} copied, ${failed} failed · ${sizeText(bytesUp)} sent · ${requests} requests · ${(ms / 1000).toFixed(1)} s`]);
  return waits ? 2 : 0;
}
function reasonsOf(root: RootStatus, one: Migration): readonly string[] {
  return [
    ...(one.isBusy ? [`${root.folder}: another device migrates this library right now.`] : []),
    ...(one.failed > 0 ? [`${root.folder}: ${one.failed} files could not be moved; the next run tries them again.`] : []),
    ...(one.left > 0 ? [`${root.folder}: ${one.left} files changed meanwhile; the next run looks at them again.`] : []),
  ];
}

type Act = (strata: Connection, rootId: string, paths: string[]) => Promise<ResidencyChange>;
const acts = {
  evict: { act: (strata, rootId, paths) => strata.call('evict', { rootId, paths }), says: 'freed up on this computer' },
  fetch: { act: (strata, rootId, paths) => strata.call('fetchEntries', { rootId, paths }), says: 'brought back' },
  pin: { act: (strata, rootId, paths) => strata.call('pin', { rootId, paths, pinned: true }), says: 'brought back; they stay on this computer' },
  unpin: { act: (strata, rootId, paths) => strata.call('pin', { rootId, paths, pinned: false }), says: 'changed; they may be taken off this computer again' },
} as const satisfies Readonly<Record<string, { readonly act: Act; readonly says: string }>>;

/** Throws `nothing_set_up`, or `not_found` for a path that is in no synced folder. */
export async function pathsByRoot(context: CommandContext, strata: Connection): Promise<ReadonlyMap<string, string[]>> {
  const { roots } = await strata.call('readStatus', {});
  if (roots.length === 0) throw new AppError('nothing_set_up');
  const byRoot = new Map<string, string[]>();
  // All are found before the first is touched: a slip in the last word must not leave half of it done.
  for (const given of context.places) {
    const place = placeInRoots(context, roots, given);
    if (place === null) throw new AppError('not_found', { what: `synced file or folder ${given}` });
    byRoot.set(place.root.id, [...(byRoot.get(place.root.id) ?? []), place.inside]);
  }
  return byRoot;
}

export async function residencyCommand(context: CommandContext, strata: Connection, word: keyof typeof acts): Promise<ExitCode> {
  const byRoot = await pathsByRoot(context, strata);
  const total = { files: 0, bytes: 0, left: [] as ResidencyChange['left'] };
  for (const [rootId, paths] of byRoot) {
    const one = await acts[word].act(strata, rootId, paths);
    total.files += one.files;
    total.bytes += one.bytes;
    total.left.push(...one.left);
  }
  for (const { path, reason } of total.left) context.complain(`${path}: ${reason.sentence}`);
  tell(context, total, [`${total.files} files, ${sizeText(total.bytes)}: ${acts[word].says}.`]);
  return total.left.length === 0 ? 0 : 2;
}
