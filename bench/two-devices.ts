/** Two devices on one real place with a real tree: up, down, nothing to do, then edits on both at once; prints what it saw: `npm run two-devices -- --tree FOLDER [--place minio|versitygw|folder] [--edits N] [--seed S]`. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../main/base/clock.ts';
import { createFolderStore } from '../main/remote/folder-store.ts';
import { startMinio, startVersity, type TestServer } from '../main/testing/servers.ts';
import { openTestStore } from '../main/testing/store-under-test.ts';
import { Kept, Load } from '../main/testing/torture/load.ts';
import { Device, settle, type Said } from '../main/testing/torture/torture.ts';
import { judge } from '../main/testing/torture/verdict.ts';

interface Entry {
  readonly sha256: string;
  readonly mtimeNs: bigint;
  readonly isExecutable: boolean;
  readonly size: number;
}
type Tree = Map<string, Entry>;

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? otherwise;
}

/** Every file below, and how much has to be listed as skipped: links, other special entries, and folders that hold nothing else. */
async function treeOf(folder: string): Promise<{ readonly files: Tree; readonly skipped: number }> {
  const files: Tree = new Map();
  const special: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full).split(path.sep).join('/');
    if (name.startsWith('.strata') || entry.isDirectory()) continue;
    if (!entry.isFile()) {
      special.push(name);
      continue;
    }
    const stat = await lstat(full, { bigint: true });
    files.set(name, { sha256: createHash('sha256').update(await readFile(full)).digest('hex'), mtimeNs: stat.mtimeNs, isExecutable: (stat.mode & 0o100n) !== 0n, size: Number(stat.size) });
  }
  const onlySkipped = new Set(special.flatMap(foldersAbove));
  for (const name of files.keys()) for (const above of foldersAbove(name)) onlySkipped.delete(above);
  return { files, skipped: special.length + onlySkipped.size };
}
function foldersAbove(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Names that are not the same in both, with what differs. Node sets times as a floating number of seconds: a microsecond is equal. */
function differences(one: Tree, other: Tree): string[] {
  const found: string[] = [];
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(name), other.get(name)];
    if (a === undefined || b === undefined) found.push(`${name}: only on one`);
    else if (a.sha256 !== b.sha256) found.push(`${name}: content`);
    else if (a.isExecutable !== b.isExecutable) found.push(`${name}: executable bit`);
    else if (a.mtimeNs / 1000n - b.mtimeNs / 1000n > 1n || b.mtimeNs / 1000n - a.mtimeNs / 1000n > 1n) found.push(`${name}: time`);
  }
  return found;
}

/** The bucket as rclone sees it: name, size, time. Null without rclone. */
function asRcloneSees(server: TestServer, bucket: string): Map<string, { readonly size: number; readonly mtimeMs: number }> | null {
  try {
    const said = execFileSync('rclone', ['lsjson', '-R', '--files-only', `M:${bucket}`], {
      // Old versions of rclone can't read a bundle of certificates from the environment, and need none here.
      env: { ...process.env, AWS_CA_BUNDLE: undefined, RCLONE_CONFIG_M_TYPE: 's3', RCLONE_CONFIG_M_PROVIDER: 'Other', RCLONE_CONFIG_M_ENDPOINT: server.endpoint, RCLONE_CONFIG_M_ACCESS_KEY_ID: server.accessKey, RCLONE_CONFIG_M_SECRET_ACCESS_KEY: server.secretKey },
      maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'],
    });
    const rows = JSON.parse(said.toString('utf8')) as { Path: string; Size: number; ModTime: string }[];
    return new Map(rows.filter((row) => !row.Path.startsWith('.strata/')).map((row) => [row.Path, { size: row.Size, mtimeMs: Date.parse(row.ModTime) }]));
  } catch (thrown) {
    console.log(`- rclone was not asked: ${(thrown as Error).message.split('\n')[0] ?? ''}`);
    return null;
  }
}

const told = (said: Said): string => (said.summary === null ? said.reasons.join(' ') : `${said.summary.uploaded} up, ${said.summary.downloaded} down, ${said.summary.deleted} deleted, ${said.summary.skipped} skipped, ${said.summary.failed} failed, ${(said.summary.ms / 1000).toFixed(1)} s${said.inStep ? '' : ` (${said.reasons.join(' ')})`}`);
let failures = 0;
function check(what: string, holds: boolean, more = ''): void {
  console.log(`- ${holds ? 'yes' : 'NO '}  ${what}${more === '' ? '' : `: ${more}`}`);
  if (!holds) failures += 1;
}

const [tree, kind, edits, seed] = [path.resolve(option('tree', 'node_modules')), option('place', 'minio'), Number(option('edits', '200')), Number(option('seed', '1'))];
const folder = await mkdtemp(path.join(tmpdir(), 'strata-two-'));
const started = kind === 'minio' ? await startMinio() : kind === 'versitygw' ? await startVersity() : null;
if (started !== null && started.server === null) throw new Error(started.reason);
const server = started?.server ?? null;
await (server === null ? mkdir(path.join(folder, 'place')) : server.makeBucket('two'));
const address = server === null ? `folder:${path.join(folder, 'place')}` : `s3://two?endpoint=${server.endpoint}&region=${server.region}`;
const store = server === null ? createFolderStore({ path: path.join(folder, 'place'), clock: systemClock }) : openTestStore(server, 'two', '');
try {
  const env = { ...process.env, STRATA_SECRET_KEY: 'a passphrase for tests', ...(server === null ? {} : { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey }) };
  const devices = ['anna', 'bo'].map((name) => new Device(name, { folder, address, env }));
  const [anna, bo] = devices as [Device, Device];
  await cp(tree, anna.folder, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  await mkdir(bo.folder);
  const begun = await treeOf(anna.folder);
  console.log(`${kind}: ${begun.files.size} files, ${begun.skipped} links, special files and folders of nothing else\n`);

  const up = await anna.once();
  check('every file goes up, links are listed as skipped', up.inStep && up.summary?.uploaded === begun.files.size && up.summary.skipped === begun.skipped, told(up));
  const down = await bo.once();
  check('every file comes down', down.inStep && down.summary?.downloaded === begun.files.size, told(down));
  const unlike = differences(begun.files, (await treeOf(bo.folder)).files);
  check('both trees are equal in names, contents, times and executable bits', unlike.length === 0, unlike.slice(0, 5).join('; '));
  for (const device of devices) {
    const again = await device.once();
    check(`nothing to do on ${device.name}`, again.inStep && again.summary !== null && again.summary.uploaded + again.summary.downloaded + again.summary.deleted === 0, told(again));
  }
  const seen = server === null ? null : asRcloneSees(server, 'two');
  if (seen !== null) {
    const odd = [...begun.files].filter(([name, file]) => seen.get(name)?.size !== file.size || Math.abs((seen.get(name)?.mtimeMs ?? 0) - Number(file.mtimeNs / 1_000_000n)) > 1).map(([name]) => name);
    check('rclone sees the same names, sizes and times', seen.size === begun.files.size && odd.length === 0, `${seen.size} files${odd.length === 0 ? '' : `, not ${odd.slice(0, 5).join('; ')}`}`);
  }

  const kept = new Kept();
  for (const device of devices) await device.start();
  await Promise.all(devices.map(async (device, at) => {
    const aside = path.join(folder, `${device.name}-aside`);
    await mkdir(aside);
    const load = new Load(device.folder, aside, kept, seed * 31 + at, 50);
    for (let done = 0; done < edits; ) if (await load.act()) done += 1;
  }));
  for (const device of devices) await device.end('SIGTERM');
  await settle(devices);
  const verdict = await judge(devices.map((device) => device.folder), store, kept.all);
  const after = differences((await treeOf(anna.folder)).files, (await treeOf(bo.folder)).files);
  check(`${edits} edits, creations, renames and deletions on each while both run: no content is missing`, verdict.lost.length === 0, `${kept.written} contents written, ${verdict.lost.length} lost${verdict.lost.length === 0 ? '' : `: ${verdict.lost.slice(0, 20).join(' ')}`}`);
  check('both folders and the place are the same afterwards', verdict.unequal.length === 0 && after.length === 0, [...verdict.unequal, ...after].slice(0, 5).join('; ') || `${verdict.files} files`);
} finally {
  await store.close();
  await server?.stop();
  if (failures === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`Everything is kept in ${folder}`);
}
process.exitCode = failures === 0 ? 0 : 1;
