/** Forged Host, Origin, tokens, names and paths by the hundred (F80 to F83, F85, X1, X2, X3, X6, X9, X10, X11, X12, X13, X14), and the same commands made right in the same run; `npm run attack` sends 10,000 to a whole hub over TLS. */
import { expect, it } from 'vitest';
import { attack, judge } from './testing/attack/attack.ts';
import { httpTarget } from './testing/attack/target.ts';
import { openTestHub } from './testing/hub-under-test.ts';

it('1,000 forged requests, none let in (F80 to F85, X1 to X14)', async () => {
  const world = await openTestHub({ versioning: true });
  const target = httpTarget(world.door.door.address);
  const report = await attack(target, { requests: 1000, seed: 7, setupCode: null });
  target.close();
  await world.close();
  expect([report.letIn, report.rightFailed]).toEqual([[], []]);
  expect([report.sent, report.refused, report.tooMany]).toEqual([1000, 1000, 0]);
  expect(Object.keys(report.byFault).sort()).toEqual(['F80', 'F81', 'F82', 'F83', 'F85', 'X1', 'X10', 'X11', 'X12', 'X13', 'X14', 'X2', 'X3', 'X6', 'X9']);
  expect(report.right).toBeGreaterThan(70);
});

it('an answer that shows something, leads elsewhere or breaks counts as let in, and a limit for neither side', () => {
  const stage = { canary: 'the canary' };
  const got = (status: number, text = '', headers = {}) => judge(stage, { status, text, headers });
  expect([got(404), got(403, 'x the canary x'), got(200), got(302, '', { location: '/' }), got(404, '', { location: '//evil.test' }), got(500), got(429), got(400, 'root:x:0:0')]).toEqual(['refused', 'letIn', 'letIn', 'letIn', 'letIn', 'letIn', 'tooMany', 'letIn']);
});
