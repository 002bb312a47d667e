/** Puts a run back: what it deleted or replaced comes again from this folder's trash, the place's, or the bucket's versions. Planned first; a step expects the state that the run left, and what has moved on since is put beside it (rule 26). It is a run of its own and can be put back too. */
import type { OutputOf, Preview } from '../../shared/api/contract.ts';
import { keyOf, nameOf, parseRelativePath, type RelativePath } from '../../shared/relative-path.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { remoteTrashPrefix } from '../sync/markers.ts';
import type { Index, KeptVersion, RootId, RootRecord } from '../sync/index-port.ts';
import type { LocalRoot, LocalStat, RemoteStore, Sha256, StoreKey } from '../sync/ports.ts';
import type { NameRules } from '../sync/root-engine.ts';
import { sameStat } from '../sync/work.ts';
import type { LocalRoots } from './local-roots.ts';
import type { ViewQueries } from './ports.ts';
import { emptyPreview } from './preview-service.ts';
import type { RootRegistry } from './root-registry.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface PutBackDeps {
  readonly index: Index;
  readonly queries: Pick<ViewQueries, 'lines' | 'run'>;
  readonly registry: Pick<RootRegistry, 'record' | 'find' | 'storeOf'>;
  readonly localRoots: Pick<LocalRoots, 'of'>;
  readonly names: Pick<NameRules, 'restoredName'>;
  readonly undo: UndoTokens;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onChange: () => void;
}
/** Where the bytes of before are kept. */
type Source = { readonly at: 'here'; readonly trashId: string; readonly sizeBytes: number } | { readonly at: 'there'; readonly key: StoreKey; readonly versionId: string | null; readonly sizeBytes: number };
type How =
  /** Nothing is at the path, as the run left it. */
  | 'again'
  /** What the run put there is replaced. */
  | 'over'
  /** The path has moved on since. */
  | 'beside'
  /** What an earlier Put back made goes to the trash again. */
  | 'away'
  /** Nothing can be done: `why` says it. */
  | 'left';
interface Step { readonly path: RelativePath; readonly diskPath: string; readonly how: How; readonly source: Source | null; readonly expect: LocalStat | null; readonly why: string | null }
/** What a Put back did to a path, kept with its run so that it can be put back in turn. */
interface Deed { readonly path: string; readonly sha256: Sha256; readonly replaced: boolean }
const whatWords: Readonly<Record<How, string>> = {
  again: 'comes back', over: 'comes back over what the run put there; that goes to the trash', beside: 'changed since: comes back beside it, under a name of its own',
  away: 'goes to the trash again', left: 'is left as it is',
};
const mostExamples = 200;

export class PutBackService {
  readonly #deps: PutBackDeps;
  constructor(deps: PutBackDeps) {
    this.#deps = deps;
  }

  /** What `putBack` would do now; nothing is changed. */
  async preview(runId: string): Promise<Preview> {
    const { steps } = await this.#plan(runId);
    const preview = { ...emptyPreview(), examples: [] as { path: string; what: string }[] };
    for (const step of steps) {
      if (step.how === 'again' || step.how === 'over') preview.uploads += 1;
      else if (step.how === 'beside') preview.conflicts += 1;
      else if (step.how === 'away') preview.deletions += 1;
      else preview.skipped += 1;
      preview.bytesUp += step.source?.sizeBytes ?? 0;
      if (preview.examples.length < mostExamples) preview.examples.push({ path: step.path, what: step.why ?? whatWords[step.how] });
    }
    return preview;
  }

  async putBack(runId: string): Promise<OutputOf<'putBack'>> {
    const { index, clock, registry } = this.#deps;
    const { root, local, store, steps } = await this.#plan(runId);
    const ownRun = this.#deps.newId();
    const tally = { restored: 0, beside: 0, left: 0 };
    const deeds: Deed[] = [];
    if (steps.some((step) => step.how !== 'left')) index.startRun(root.id, ownRun, clock.nowMs(), root.deviceName);
    for (const step of steps) {
      const done = step.how === 'left' ? null : await this.#perform({ root, local, store, ownRun }, step).catch((thrown: unknown) => this.#failed(root.id, ownRun, step, asAppError(thrown)));
      if (done === null) tally.left += 1;
      else if (done.beside) tally.beside += 1;
      else tally.restored += 1;
      if (done?.deed != null) deeds.push(done.deed);
      // Kept at once: a stop in the middle leaves a run that can be put back as far as it came.
      if (done?.deed != null) index.setSetting(deedsOf(ownRun), JSON.stringify(deeds));
    }
    index.endRun(ownRun, clock.nowMs());
    registry.find(root.id)?.engine?.lookAgain();
    this.#deps.onChange();
    return { ...tally, runId: ownRun, undo: tally.restored + tally.beside === 0 ? null : this.#deps.undo.give(async () => void (await this.putBack(ownRun))) };
  }

  async #plan(runId: string): Promise<{ readonly root: RootRecord; readonly local: LocalRoot; readonly store: RemoteStore | null; readonly steps: readonly Step[] }> {
    const { index, queries, registry, localRoots } = this.#deps;
    const run = queries.run(runId);
    if (run === null) throw new AppError('not_found', { what: 'run' });
    if (run.endedAtMs === null && registry.find(run.rootId)?.state?.phase === 'syncing') throw new AppError('stale');
    const root = registry.record(run.rootId);
    const local = await localRoots.of(root.folder);
    // Without its place what lies in this folder's trash can still be put back.
    const store = await registry.storeOf(root.id).catch(() => null);
    const deeds = new Map((JSON.parse(index.setting(deedsOf(runId)) ?? '[]') as Deed[]).map((deed) => [deed.path, deed]));
    const sources = new Map<RelativePath, Source>();
    for (const [path, source] of await versionsThere(store, index.keptVersions(runId))) sources.set(path, source);
    for (const [path, source] of await trashedThere(store, runId)) sources.set(path, source);
    for (const trashed of await local.listTrash()) {
      if (trashed.trashId.startsWith(`${runId}/`)) sources.set(trashed.path, { at: 'here', trashId: trashed.trashId, sizeBytes: trashed.stat.sizeBytes });
    }
    const steps: Step[] = [];
    for (const path of new Set([...sources.keys(), ...this.#deletedIn(runId), ...[...deeds.keys()].map((each) => each as RelativePath)])) {
      steps.push(await this.#stepFor({ root, local, runId }, path, sources.get(path) ?? null, deeds.get(path) ?? null));
    }
    return { root, local, store, steps };
  }

  async #stepFor({ root, local, runId }: { readonly root: RootRecord; readonly local: LocalRoot; readonly runId: string }, path: RelativePath, source: Source | null, deed: Deed | null): Promise<Step> {
    const row = this.#deps.index.row(root.id, keyOf(path, 'file'));
    const diskPath = row?.local?.diskPath ?? path;
    const expect = await local.stat(diskPath);
    const step = (how: How, why: string | null = null): Step => ({ path, diskPath, how, source, expect, why });
    if (deed !== null) {
      const now = expect?.kind === 'file' ? await local.hash(diskPath) : null;
      const untouched = now?.ok === true && now.value.sha256 === deed.sha256;
      if (source === null) return untouched && !deed.replaced ? step('away') : step('left', untouched ? 'the version before is no longer stored' : 'changed since: left as it is');
      return step(untouched ? 'over' : expect === null ? 'again' : 'beside');
    }
    if (source === null) return step('left', 'the version before is no longer stored');
    const movedOn = this.#movedOn(root.id, path, runId);
    if (expect === null) return step(movedOn || row?.remote != null ? 'beside' : 'again');
    const inStep = expect.kind === 'file' && row !== null && row.local !== null && row.base !== null && sameStat(row.local, expect) && row.local.sha256 === row.base.sha256 && row.remote?.etag === row.base.etag;
    return step(movedOn || !inStep ? 'beside' : 'over');
  }

  /** Something else happened to this path after the run. */
  #movedOn(rootId: RootId, path: string, runId: string): boolean {
    const latest = this.#deps.queries.lines({ runId: null, rootId, kind: null, path, before: null, limit: 20 }).find((line) => line.kind !== 'adopt' && line.kind !== 'problem' && line.kind !== 'hold');
    return latest !== undefined && latest.runId !== runId;
  }
  *#deletedIn(runId: string): Generator<RelativePath> {
    for (const kind of ['deleteLocal', 'deleteRemote'] as const) {
      let before: number | null = null;
      for (;;) {
        const lines = this.#deps.queries.lines({ runId, rootId: null, kind, path: null, before, limit: 1000 });
        for (const line of lines) if (!line.path.endsWith('/') && line.sizeBytes !== null) yield line.path as RelativePath;
        const last = lines.at(-1);
        if (last === undefined || lines.length < 1000) break;
        before = last.id;
      }
    }
  }

  async #perform(at: { readonly root: RootRecord; readonly local: LocalRoot; readonly store: RemoteStore | null; readonly ownRun: string }, step: Step): Promise<{ readonly beside: boolean; readonly deed: Deed }> {
    const { root, local, ownRun } = at;
    if (step.how === 'away') {
      if (step.expect === null) throw new AppError('stale');
      const hashed = await local.hash(step.diskPath);
      const gone = await local.trash(step.diskPath, step.expect, ownRun);
      if (!gone.ok || !hashed.ok) throw new AppError('stale');
      this.#told(root.id, ownRun, { path: step.path, otherPath: null, sizeBytes: step.expect.sizeBytes, note: whatWords.away });
      // Its bytes lie in this run's trash: putting this run back finds them there.
      return { beside: false, deed: { path: step.path, sha256: hashed.value.sha256, replaced: true } };
    }
    const target = step.how === 'beside' ? this.#besideName(root.id, step) : { path: step.path, diskPath: step.diskPath };
    await this.#bring(at, step, target.diskPath);
    const hashed = await local.hash(target.diskPath);
    if (!hashed.ok) throw new AppError('stale');
    this.#told(root.id, ownRun, { path: target.path, otherPath: target.path === step.path ? null : step.path, sizeBytes: hashed.value.stat.sizeBytes, note: null });
    return { beside: step.how === 'beside', deed: { path: target.path, sha256: hashed.value.sha256, replaced: step.how === 'over' } };
  }

  /** The bytes of before at the target; what stood there, if it is still what was expected, goes to this run's trash. */
  async #bring({ local, store, ownRun }: { readonly local: LocalRoot; readonly store: RemoteStore | null; readonly ownRun: string }, step: Step, diskPath: string): Promise<void> {
    const { source } = step;
    const over = step.how === 'over' ? step.expect : null;
    if (source === null) throw new AppError('stale');
    if (source.at === 'here') {
      const moved = over === null ? null : await local.trash(diskPath, over, ownRun);
      if (moved !== null && !moved.ok) throw new AppError('stale');
      const back = await local.untrash(source.trashId, diskPath);
      if (back.ok) return;
      if (moved !== null) await local.untrash(moved.value.trashId, diskPath);
      throw new AppError('stale');
    }
    if (store === null) throw new AppError('network_unreachable');
    const answer = await store.get(source.key, source.versionId === null ? {} : { versionId: source.versionId });
    if (!answer.ok) throw new AppError('object_missing', { place: store.description.name });
    const incoming = await local.receive(answer.value.object.sizeBytes);
    try {
      for await (const chunk of answer.value.body) await incoming.write(chunk);
      const arrived = await incoming.finish();
      if (arrived.sizeBytes !== answer.value.object.sizeBytes) throw new AppError('checksum_mismatch');
      const placed = await local.place(incoming, diskPath, { expect: over, mtimeNs: null, executable: over?.executable ?? false, runId: ownRun });
      if (!placed.ok) throw new AppError('stale');
    } finally {
      await incoming.discard();
    }
  }

  #besideName(rootId: RootId, step: Step): { readonly path: RelativePath; readonly diskPath: string } {
    const { index, names, clock } = this.#deps;
    const isTaken = (path: RelativePath): boolean => index.row(rootId, keyOf(path, 'file')) !== null || index.row(rootId, keyOf(path, 'folder')) !== null;
    const path = names.restoredName(step.path, clock.nowMs(), isTaken);
    return { path, diskPath: `${step.diskPath.slice(0, step.diskPath.lastIndexOf('/') + 1)}${nameOf(path)}` };
  }
  #told(rootId: RootId, runId: string, line: { readonly path: string; readonly otherPath: string | null; readonly sizeBytes: number; readonly note: string | null }): void {
    this.#deps.index.addActivity({ rootId, runId, atMs: this.#deps.clock.nowMs(), kind: 'putBack', device: null, ...line });
  }
  #failed(rootId: RootId, runId: string, step: Step, problem: AppError): null {
    this.#deps.index.addActivity({ rootId, runId, atMs: this.#deps.clock.nowMs(), kind: 'problem', path: step.path, otherPath: null, sizeBytes: null, device: null, note: problem.message });
    return null;
  }
}

function deedsOf(runId: string): string {
  return `put-back:${runId}`;
}

/** What a run replaced or deleted in a bucket that keeps versions: found again by its ETag, one request a file. */
async function versionsThere(store: RemoteStore | null, kept: readonly KeptVersion[]): Promise<ReadonlyMap<RelativePath, Source>> {
  const found = new Map<RelativePath, Source>();
  if (store === null) return found;
  for (const { objectKey, etag } of kept) {
    const parsed = parseRelativePath(objectKey);
    // A run that wrote one path twice kept two versions; the first is what was before the run.
    if (!parsed.ok || found.has(parsed.path)) continue;
    const versions = await store.versions(objectKey);
    const before = versions.find((version) => version.etag === etag);
    // Nothing was replaced after all: it is still the newest.
    const isCurrent = before !== undefined && before === versions[0] && (await store.head(objectKey)) !== null;
    if (before !== undefined && !isCurrent) found.set(parsed.path, { at: 'there', key: objectKey, versionId: before.versionId, sizeBytes: before.sizeBytes });
  }
  return found;
}

/** `.strata/trash/<run>/<8 signs>/<key>`: one small listing finds all that a run replaced or deleted in the place. */
async function trashedThere(store: RemoteStore | null, runId: string): Promise<ReadonlyMap<RelativePath, Source>> {
  const found = new Map<RelativePath, { readonly source: Source; readonly atMs: number }>();
  const prefix = `${remoteTrashPrefix}${runId}/`;
  let token: string | undefined;
  while (store !== null) {
    const page = await store.list({ prefix, ...(token === undefined ? {} : { token }) });
    for (const object of page.objects) {
      const rest = object.key.slice(prefix.length);
      const parsed = parseRelativePath(rest.slice(rest.indexOf('/') + 1));
      if (!parsed.ok) continue;
      const known = found.get(parsed.path);
      // A run that wrote one path twice left two versions there; the older one is what was before the run.
      if (known === undefined || object.lastModifiedMs < known.atMs) found.set(parsed.path, { source: { at: 'there', key: object.key, versionId: null, sizeBytes: object.sizeBytes }, atMs: object.lastModifiedMs });
    }
    if (page.next === null) break;
    token = page.next;
  }
  return new Map([...found].map(([path, { source }]) => [path, source]));
}
