/** How long planning a migration of so many files takes and how much memory, on a real index: `node bench/plan-million.ts [files]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../main/base/clock.ts';
import { openIndex } from '../main/database/open-index.ts';
import { tierQueries } from '../main/database/tier-queries.ts';
import type { RootId } from '../main/sync/index-port.ts';
import { planTiers } from '../main/tiers/planning.ts';

const files = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(path.join(tmpdir(), 'strata-plan-'));
const root = 'root' as RootId;
const dayMs = 86_400_000;
try {
  const index = openIndex(path.join(folder, 'index.db'), systemClock);
  index.saveRoot({ id: root, name: 'r', folder: '/r', address: 's3://b', coldAddress: 's3://c', libraryId: 'l', deviceId: 'd', deviceName: 'd', epoch: 'e', counter: 1, counterOnDisk: 1, counterInStore: 1, pausedUntilMs: null, createdAtMs: 0, lastInStepAtMs: null, trustedCertificate: null });
  const nowMs = systemClock.nowMs();
  index.database.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @files)
     INSERT INTO entries (root, key, parent, l_here, l_disk, l_size, l_mtime, l_ctime, l_birth, l_inode, l_exec, l_sha, r_key, r_size, r_etag, r_modified, r_sha, r_tier, r_store, r_class, b_sha, b_size, b_exec, b_resident, b_store, b_etag)
     SELECT @root, printf('folder-%04d/sub-%d/file-%07d.jpg', i / 1000, i % 7, i), printf('folder-%04d/sub-%d', i / 1000, i % 7), 1, printf('folder-%04d/sub-%d/file-%07d.jpg', i / 1000, i % 7, i), 1000 + (i * 7919) % 9000000, @now * 1000000, @now * 1000000, @now * 1000000, i, 0,
       printf('%064x', i), printf('folder-%04d/sub-%d/file-%07d.jpg', i / 1000, i % 7, i), 1000 + (i * 7919) % 9000000, printf('%032x', i), @now - (i % 1000) * @day, printf('%064x', i), 'warm', 'warm', 'STANDARD', printf('%064x', i), 1000 + (i * 7919) % 9000000, 0, 1, 'warm', printf('%032x', i) FROM n`,
  ).run({ files, root, now: nowMs - 500 * dayMs, day: dayMs });
  const rule = (name: string, folderOf: string, pattern: string | null, unusedDays: number, storageClass: 'GLACIER' | null) => ({ name, folder: folderOf, pattern, unusedDays, atLeastBytes: 100_000, storageClass });
  const policy = { rules: [rule('Raw', 'folder-0001', '*.raw', 30, null), rule('Old', '', '**/*.jpg', 365, 'GLACIER'), rule('Rest', '', null, 900, null)], keepWarm: ['folder-0002'], neverArchive: ['folder-0003'], deleteFromWarm: true, despiteFees: false };
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 3; round += 1) {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const plan = planTiers(tierQueries(index.database), root, policy, { nowMs, mostExamples: 100 });
    const used = process.cpuUsage(cpu);
    process.stdout.write(`${files} files: ${((performance.now() - begun) / 1000).toFixed(2)} s (CPU ${((used.user + used.system) / 1e6).toFixed(2)} s), ${plan.copies} to copy; memory ${(before / 1e6).toFixed(0)} MB before, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB after\n`);
  }
  index.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
