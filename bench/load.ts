/** `npm run load [-- --minutes N] [--per-second N]`: members at work on a hub of its own, at an even rate; tells times, errors and memory, and ends with 1 when one request failed. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { as, invited, join, logIn, upload, type Actor } from '../main/testing/attack/stage.ts';
import { httpTarget, type Got } from '../main/testing/attack/target.ts';
import { hubEnvironment, startHeadlessHub } from '../main/testing/headless-hub.ts';
import { startMinio } from '../main/testing/servers.ts';

const numberAfter = (option: string, otherwise: number): number => {
  const at = process.argv.indexOf(option);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const [minutes, perSecond] = [numberAfter('--minutes', 30), numberAfter('--per-second', 20)];
const people = 10;
const started = await startMinio();
if (started.server === null) throw new Error(started.reason ?? 'no store');
const limits = { LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000', LIMIT_SIGNUP_PER_MINUTE: '1000000', LIMIT_FAILED_LOGINS: '1000000' };
const hub = await startHeadlessHub(hubEnvironment(started.server, { SIGNUP: 'open', STRATA_CHECK_OUTPUTS: '', ...limits }));
const target = httpTarget(hub.address);
const times = new Map<string, number[]>();
const failed: string[] = [];
const memory: number[] = [];

const owner = await join(target, 'owner@load.test', {});
const members: Actor[] = [];
for (let turn = 0; turn < people; turn += 1) members.push(await invited(target, owner, `member-${turn}`, 'member'));
const known = new Map<number, number[]>(members.map(({ id }) => [id, []]));
const pickOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

async function timed(name: string, work: () => Promise<Got>): Promise<Got | null> {
  const begun = performance.now();
  const got = await work().catch((thrown: unknown) => ({ status: 0, headers: {}, text: String(thrown) }));
  if (got.status < 200 || got.status > 299) {
    failed.push(`${name} ${got.status} ${got.text.slice(0, 120)}`);
    return null;
  }
  const of = times.get(name) ?? [];
  times.set(name, of);
  of.push(performance.now() - begun);
  return got;
}
/** Mostly looking, sometimes reading, seldom writing, as people do. */
async function act(member: Actor): Promise<void> {
  const files = known.get(member.id) ?? [];
  const dice = Math.random();
  const file = pickOf(files);
  if (dice < 0.1 || file === undefined) {
    const got = await timed('upload', () => upload(target, member, `${randomBytes(8).toString('hex')}.bin`, randomBytes(8192).toString('hex'), 'load'));
    if (got !== null) files.push((JSON.parse(got.text) as { id: number }).id);
  } else if (dice < 0.25) await timed('download', () => as(target, member, 'GET', `/api/files/${file}/download`));
  else if (dice < 0.4) await timed('details', () => as(target, member, 'GET', `/api/files/${file}`));
  else if (dice < 0.43 && files.length > 50) {
    files.splice(files.indexOf(file), 1);
    await timed('delete', () => as(target, member, 'DELETE', `/api/files/${file}`));
  } else if (dice < 0.435) await timed('log in', async () => (await logIn(target, member.email), { status: 200, headers: {}, text: '' }));
  else await timed('list', () => as(target, member, 'GET', '/api/files?limit=100'));
}

const endsMs = performance.now() + minutes * 60_000;
const running = new Set<Promise<void>>();
let most = 0;
for (let next = performance.now(), turn = 0; performance.now() < endsMs; next += 1000 / perSecond, turn += 1) {
  const work = act(members[turn % people] as Actor).finally(() => running.delete(work));
  running.add(work);
  most = Math.max(most, running.size);
  if (turn % (perSecond * 30) === 0) {
    const figures = await target.ask({ method: 'GET', path: '/metrics' });
    memory.push(Math.round(Number(/^strata_process_resident_memory_bytes (\S+)$/m.exec(figures.text)?.[1] ?? 0) / 1_048_576));
    console.error(`${Math.round(turn / perSecond)} s: ${memory.at(-1)} MiB, ${failed.length} failed, ${running.size} under way`);
  }
  await sleep(Math.max(0, next - performance.now()));
}
await Promise.all(running);
const told = Object.fromEntries([...times].map(([name, list]) => {
  const sorted = [...list].sort((one, other) => one - other);
  const at = (part: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return [name, { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) }];
}));
console.log(JSON.stringify({ minutes, perSecond, times: told, failed: failed.slice(0, 20), failures: failed.length, memoryMiB: { first: memory[0], most: Math.max(...memory), last: memory.at(-1) }, mostAtOnce: most }, null, 1));
target.close();
await hub.stop();
await started.server.stop();
process.exitCode = failed.length === 0 ? 0 : 1;
