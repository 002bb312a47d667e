/** Shortcuts reach the newest layer first, keep out of fields, and rest while a dialog is open. */
import { expect, test } from 'vitest';
import { makeKeyRegistry, nameOfPress } from './registry.ts';

const press = (key: string, more: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('Mod is Command on a Mac and Control elsewhere; a sign needs no Shift in its name', () => {
  expect(nameOfPress(press('k', { metaKey: true }), true)).toBe('Mod+K');
  expect(nameOfPress(press('P', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+Shift+P');
  expect(nameOfPress(press('?', { shiftKey: true }), false)).toBe('?');
});

test('the newest layer wins, fields are left alone, dialogs own the keyboard', () => {
  const keys = makeKeyRegistry(false);
  const heard: string[] = [];
  keys.add([{ keys: '/', run: () => heard.push('page') }, { keys: 'Mod+K', inFields: true, run: () => heard.push('palette') }]);
  const remove = keys.add([{ keys: '/', run: () => heard.push('list') }]);
  keys.handle(press('/'), false);
  expect(keys.handle(press('/'), true)).toBe(false);
  keys.handle(press('k', { ctrlKey: true }), true);
  remove();
  keys.handle(press('/'), false);
  const resume = keys.suspend();
  expect(keys.handle(press('/'), false)).toBe(false);
  resume();
  resume();
  expect(keys.handle(press('/'), false)).toBe(true);
  expect(heard).toEqual(['list', 'palette', 'page', 'page']);
});
