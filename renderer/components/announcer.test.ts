/** What is spoken is sparse: starts and ends, quarters, and never two progress lines within ten seconds. */
import { expect, test } from 'vitest';
import { busy, status } from '../gallery/sample-data.ts';
import { makeAnnouncer } from './announcer.ts';

const at = (percent: number) => status('syncing', 'Syncing', { progress: { ...busy, percent } });

function listen() {
  let nowMs = 0;
  const announcer = makeAnnouncer(() => nowMs);
  const heard: string[] = [];
  announcer.subscribe((spoken, before) => {
    if (spoken.polite !== before.polite) heard.push(spoken.polite.trim());
    if (spoken.alert !== before.alert) heard.push(`! ${spoken.alert.trim()}`);
  });
  return { announcer, heard, wait: (ms: number) => (nowMs += ms) };
}

test('start, quarters and end are spoken, single percents are not', () => {
  const { announcer, heard, wait } = listen();
  announcer.watch(status('upToDate', 'Up to date'), 'live');
  for (let percent = 0; percent < 100; percent += 1) {
    announcer.watch(at(percent), 'live');
    wait(1000);
  }
  announcer.watch(status('upToDate', 'Up to date'), 'live');
  expect(heard).toEqual(['Syncing has started.', '25 percent done.', '50 percent done.', '75 percent done.', 'Everything is up to date.']);
});

test('a fast run speaks one progress line at most in ten seconds', () => {
  const { announcer, heard } = listen();
  announcer.watch(status('upToDate', 'Up to date'), 'live');
  for (const percent of [0, 30, 60, 80]) announcer.watch(at(percent), 'live');
  expect(heard.filter((line) => line.includes('percent'))).toEqual(['25 percent done.']);
});

test('what needs the user and a lost service interrupt', () => {
  const { announcer, heard } = listen();
  announcer.watch(status('upToDate', 'Up to date'), 'live');
  announcer.watch(status('upToDate', 'Up to date', { needsYou: 2 }), 'live');
  announcer.watch(status('upToDate', 'Up to date', { needsYou: 2 }), 'lost');
  announcer.watch(status('upToDate', 'Up to date', { needsYou: 2 }), 'live');
  expect(heard).toEqual(['! 2 things need you.', '! Strata has stopped. Your files are safe.', 'Strata is running again.']);
});

test('the same words twice are told apart so that they are read again', () => {
  const { announcer } = listen();
  announcer.polite('Copied.');
  const first = announcer.getState().polite;
  announcer.polite('Copied.');
  expect(announcer.getState().polite).not.toBe(first);
});
