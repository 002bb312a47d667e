/** `npm run fuzz [-- --seconds N] [-- --ending]`: schemathesis over the whole OpenAPI document of a hub of its own, as people who may little; every command must have worked and refused, none may break. With `--ending` over those alone that end a session or an account, each time with one of their own. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { contract, type CommandRow } from '../shared/api/contract.ts';
import { as, join, password } from '../main/testing/attack/stage.ts';
import { httpTarget } from '../main/testing/attack/target.ts';
import { hubEnvironment, startHeadlessHub } from '../main/testing/headless-hub.ts';
import { startMinio } from '../main/testing/servers.ts';
import { ensureTool } from '../scripts/test-servers.mjs';
import { inProject } from '../scripts/project.mjs';

const rows = Object.entries(contract) as [string, CommandRow][];
/** Asks nothing of anybody, so there is nothing to refuse but a foreign Host, which the fuzzer doesn't forge. */
const neverRefuse = new Set(['health', 'readHub']);
/** Without a mail server and a cold store they only refuse. */
const needsMore = new Set(['askReset', 'migrateFiles']);
/** What no account may do, whatever its role: only refusals can be seen of them. */
const onlyHere = new Set(rows.filter(([, { who }]) => who === 'owner' || who === 'session').map(([name]) => name));
const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance';

/** In the whole run they are called without a session, or rightly: another call could end the fuzzer's own. */
const endingCommands = ['logOut', 'changePassword', 'endSession', 'deleteMe', 'resetPassword', 'endUserSession', 'endUserSessions', 'deleteUser', 'changeUser'];

const at = process.argv.indexOf('--seconds');
const isEnding = process.argv.includes('--ending');
const seconds = at < 0 ? (isEnding ? 120 : 600) : Number(process.argv[at + 1]);
const tried = rows.filter(([name]) => !isEnding || endingCommands.includes(name));
const { path: fuzzer, reason } = ensureTool('schemathesis', { say: (text) => console.error(text) });
const started = await startMinio();
if (fuzzer === null || started.server === null) throw new Error(reason ?? started.reason ?? 'something is missing');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-fuzz-'));
const limits = { LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000', LIMIT_SIGNUP_PER_MINUTE: '1000000', LIMIT_FAILED_LOGINS: '1000000' };
const hub = await startHeadlessHub(hubEnvironment(started.server, { TLS: 'self-signed', TLS_PORT: '0', SIGNUP: 'open', ALGORITHM: 'EdDSA', MAX_FILE_SIZE_MB: '1', ...limits }));
const base = /reach it at (https:\S+)/.exec(hub.said())?.[1] ?? '';
const target = httpTarget(base);
try {
  const owner = await join(target, 'owner@fuzz.test', {});
  const member = await join(target, 'member@fuzz.test', {});
  // Whose sessions come and go: the oldest of more than a hundred ends, and the fuzzer's own must not.
  const guestOfMany = await join(target, 'others@fuzz.test', {});
  const counts = path.join(folder, 'counts.json');
  const chosen = isEnding ? endingCommands.flatMap((name) => ['--include-operation-id', name]) : [];
  const code = await run(fuzzer, ['run', `${base}/api/openapi.json`, '--url', base, ...chosen, '--tls-verify', 'false', '--max-time', String(seconds), '--phases', 'fuzzing', '--max-examples', '10', '--checks', checks, '--workers', '2', '--continue-on-failure', '--no-shrink', '--generation-database', 'none', '--report', 'json', '--report-dir', folder, '--no-color', '--warnings', 'off'], {
    SCHEMATHESIS_HOOKS: inProject('bench', 'fuzz-hooks.py'), PYTHONDONTWRITEBYTECODE: '1', FUZZ_BASE: base, FUZZ_LOCAL: hub.address, FUZZ_LOCAL_TOKEN: fs.readFileSync(path.join(hub.dataDir, 'token'), 'utf8'), FUZZ_OWNER_TOKEN: owner.token, FUZZ_MEMBER_TOKEN: member.token, FUZZ_MEMBER_EMAIL: guestOfMany.email,
    ...(isEnding ? { FUZZ_ENDING: '1' } : {}), FUZZ_PASSWORD: password, FUZZ_COUNTS: counts, FUZZ_ADMIN_COMMANDS: rows.filter(([, { who }]) => who === 'admin').map(([name]) => name).join(','),
  });
  const seen = JSON.parse(fs.readFileSync(counts, 'utf8')) as Record<string, Record<string, number>>;
  const lacking = tried.flatMap(([name]) => wanting(name, seen[name] ?? {}));
  for (const [name, statuses] of Object.entries(seen)) console.log(`${name.padEnd(22)} ${Object.entries(statuses).map(([status, times]) => `${status}×${times}`).join(' ')}`);
  // The session that it used must have outlived it.
  if ((await as(target, member, 'GET', '/api/auth/me')).status !== 200) lacking.push('the fuzzer’s own session was ended');
  console.log(JSON.stringify({ seconds, requests: Object.values(seen).flatMap((one) => Object.values(one)).reduce((sum, times) => sum + times, 0), commands: Object.keys(seen).length, of: tried.length, schemathesis: code, lacking }, null, 1));
  process.exitCode = code === 0 && lacking.length === 0 ? 0 : 1;
} finally {
  target.close();
  await hub.stop();
  await started.server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}

function wanting(name: string, statuses: Readonly<Record<string, number>>): string[] {
  const some = (first: string): boolean => Object.keys(statuses).some((status) => status.startsWith(first));
  return [...(some('2') || onlyHere.has(name) || needsMore.has(name) ? [] : [`${name} never worked`]), ...(some('4') || neverRefuse.has(name) ? [] : [`${name} never refused`]), ...(some('5') ? [`${name} broke`] : [])];
}
function run(program: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // It keeps notes where it runs.
    const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
