/** Settings are kept, refused when they make no sense, and each change can be undone once without taking back another one. */
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../shared/api/contract.ts';
import { openIndex } from '../database/open-index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { SettingsService } from './settings-service.ts';
import { UndoTokens } from './undo-tokens.ts';

function open(index = openIndex(':memory:', new ManualClock())) {
  const undo = new UndoTokens();
  const told: Settings[] = [];
  return { index, undo, told, settings: new SettingsService({ index, undo, defaultDeviceName: 'Laptop', onChange: (now) => told.push(now) }) };
}

describe('settings', () => {
  it('begin with defaults and survive a restart', () => {
    const { index, settings } = open();
    expect(settings.read()).toMatchObject({ deviceName: 'Laptop', trashDays: 30 });
    settings.write({ theme: 'dark', trashDays: 7 });
    expect(open(index).settings.read()).toMatchObject({ theme: 'dark', trashDays: 7, deviceName: 'Laptop' });
  });
  it('one damaged value does not lose the others', () => {
    const { index } = open();
    index.setSetting('settings', JSON.stringify({ theme: 'purple', trashDays: 9 }));
    expect(open(index).settings.read()).toMatchObject({ theme: 'system', trashDays: 9 });
    index.setSetting('settings', '{');
    expect(open(index).settings.read().trashDays).toBe(30);
  });
  it('undo takes back this change only, once', async () => {
    const { settings, undo, told } = open();
    const first = settings.write({ theme: 'dark' });
    settings.write({ trashDays: 5 });
    await undo.undo(first.undo ?? '');
    expect(settings.read()).toMatchObject({ theme: 'system', trashDays: 5 });
    expect(told).toHaveLength(3);
    await expect(undo.undo(first.undo ?? '')).rejects.toMatchObject({ code: 'stale' });
  });
  it('nothing changed gives nothing to take back', () => expect(open().settings.write({ theme: 'system' }).undo).toBeNull());
  it('a name of spaces is refused and nothing is kept', () => {
    const { settings, index } = open();
    expect(() => settings.write({ deviceName: '   ' })).toThrow(expect.objectContaining({ code: 'bad_request' }));
    expect(index.setting('settings')).toBeNull();
  });
});

describe('undo tokens', () => {
  it('the oldest goes when there are more than fifty', async () => {
    const undo = new UndoTokens();
    const done: number[] = [];
    const tokens = Array.from({ length: 51 }, (_, number) => undo.give(() => void done.push(number)));
    await expect(undo.undo(tokens[0] ?? '')).rejects.toMatchObject({ code: 'stale' });
    await undo.undo(tokens[1] ?? '');
    await undo.undo(tokens[50] ?? '');
    expect(done).toEqual([1, 50]);
  });
});
