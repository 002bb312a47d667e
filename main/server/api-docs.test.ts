/** /api/docs tells every command, runs nothing, and lets no text of the contract become markup. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contract } from '../../shared/api/contract.ts';
import { openTestDoor, type DoorUnderTest } from '../testing/door-under-test.ts';
import { shapeOf } from './api-docs.ts';

let world: DoorUnderTest;
beforeAll(async () => {
  world = await openTestDoor();
});
afterAll(() => world.close());

it.each(['/api/docs', '/api/v1/docs'])('%s names every command of the contract', async (path) => {
  const { status, headers, text } = await world.ask('GET', path, { anonymous: true });
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const [name, row] of Object.entries(contract)) {
    expect(text).toContain(`<details id="${name}">`);
    expect(text).toContain(row.path.replace(/:(\w+)/g, '{$1}'));
  }
});
it('runs nothing: no script, no inline style, and a policy that would refuse both', async () => {
  const { headers, text } = await world.ask('GET', '/api/docs', { anonymous: true });
  expect(headers['content-security-policy']).toBe("default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  expect(text).not.toMatch(/<script|\sstyle=|<style|\son\w+=|javascript:/i);
  const css = await world.ask('GET', '/api/docs.css', { anonymous: true });
  expect([css.status, css.headers['content-type'], /url\(|@import/.test(css.text)]).toEqual([200, 'text/css; charset=utf-8', false]);
});
it('a shape is told in a few signs, and stays text', () => {
  expect(shapeOf({ type: 'object', properties: { id: { type: 'integer' }, names: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } } }, required: ['id'] })).toBe('{ id: integer, names?: (string | null)[] }');
});
