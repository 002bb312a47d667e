/** Every shortcut with its words, for the dialog that lists them (ui.md §4). */
import type { WordId } from '../../shared/words/words.ts';

export interface ShortcutLine { readonly word: WordId; readonly keys: readonly (readonly string[])[] }

export const everywhereKeys: readonly ShortcutLine[] = [
  { word: 'keys.palette', keys: [['Mod', 'K']] },
  { word: 'keys.search', keys: [['/'], ['Mod', 'F']] },
  { word: 'keys.sections', keys: [['Mod', '1 – 6']] },
  { word: 'keys.history', keys: [['Alt', '←'], ['Alt', '→']] },
  { word: 'keys.inspector', keys: [['Mod', 'I']] },
  { word: 'keys.pause', keys: [['Mod', 'Shift', 'P']] },
  { word: 'keys.settings', keys: [['Mod', ',']] },
  { word: 'keys.shortcuts', keys: [['?']] },
  { word: 'keys.escape', keys: [['Esc']] },
];
export const listKeys: readonly ShortcutLine[] = [
  { word: 'keys.move', keys: [['↑'], ['↓']] },
  { word: 'keys.page', keys: [['Page ↑'], ['Page ↓']] },
  { word: 'keys.ends', keys: [['Home'], ['End']] },
  { word: 'keys.open', keys: [['Enter']] },
  { word: 'keys.preview', keys: [['Alt', 'Enter']] },
  { word: 'keys.parent', keys: [['Alt', '↑']] },
  { word: 'keys.select', keys: [['Space']] },
  { word: 'keys.extend', keys: [['Shift', '↑'], ['Shift', '↓']] },
  { word: 'keys.all', keys: [['Mod', 'A']] },
  { word: 'keys.type', keys: [['A – Z']] },
];
