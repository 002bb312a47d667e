/** `npm run attack [-- --requests N] [--seed N]`: a hub of its own on a real store with TLS, 10,000 forged requests, and the same commands made right; ends with 1 when one was let in. */
import { attack } from '../main/testing/attack/attack.ts';
import { httpTarget } from '../main/testing/attack/target.ts';
import { hubEnvironment, startHeadlessHub } from '../main/testing/headless-hub.ts';
import { startMinio } from '../main/testing/servers.ts';

const numberAfter = (option: string, otherwise: number): number => {
  const at = process.argv.indexOf(option);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const started = await startMinio();
if (started.server === null) throw new Error(started.reason ?? 'no store');
const limits = { LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000', LIMIT_SIGNUP_PER_MINUTE: '1000000', LIMIT_FAILED_LOGINS: '1000000' };
// On every address, so that the attacker comes from the network and not from this computer.
const hub = await startHeadlessHub(hubEnvironment(started.server, { TLS: 'self-signed', TLS_PORT: '0', LISTEN: '0.0.0.0', SIGNUP: 'invite', ALGORITHM: 'EdDSA', ...limits }));
const target = httpTarget(/reach it at (https:\S+)/.exec(hub.said())?.[1] ?? '');
try {
  const setupCode = /signs up with the code (\S+)/.exec(hub.said())?.[1] ?? null;
  const begun = performance.now();
  const report = await attack(target, { requests: numberAfter('--requests', 10_000), seed: numberAfter('--seed', 1), setupCode, say: (line) => console.error(line) });
  console.log(JSON.stringify({ ...report, seconds: Math.round((performance.now() - begun) / 100) / 10 }, null, 2));
  process.exitCode = report.letIn.length + report.rightFailed.length + report.tooMany > 0 ? 1 : 0;
} finally {
  target.close();
  await hub.stop();
  await started.server.stop();
}
