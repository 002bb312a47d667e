/** English words that only the desktop shell says: starting, going on in the background, and several notices at once. */
export const englishShell = {
  'shell.starting': 'Strata is starting',
  'shell.goesOnTitle': 'Strata goes on in the background',
  'shell.goesOnText': 'Your folders stay in step. Start Strata again to see its window.',
  'shell.manyNotices': '{count, plural, one {1 notice} other {# notices}}',
  'shell.why': 'What it said last: {detail}',
  'shell.reportName': 'Strata report.txt',
} as const;
