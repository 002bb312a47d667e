/** The page's table of routes says exactly what the contract says. */
import { expect, test } from 'vitest';
import { contract } from './contract.ts';
import { routes } from './routes.ts';

test('every command has the same method and path in both tables', () => {
  const fromContract = Object.fromEntries(Object.entries(contract).map(([name, row]) => [name, [row.method, row.path]]));
  expect(routes).toEqual(fromContract);
});
