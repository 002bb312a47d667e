/** The six sections in their order, with icon, word and number key. */
import { Activity, ArrowUpDown, Bell, Files, Layers, Settings, type LucideIcon } from 'lucide-react';
import type { WordId } from '../../shared/words/words.ts';
import type { Screen } from '../stores/route-store.ts';

export interface Section { readonly screen: Screen; readonly word: WordId; readonly icon: LucideIcon }
export const sections: readonly Section[] = [
  { screen: 'files', word: 'nav.files', icon: Files },
  { screen: 'transfers', word: 'nav.transfers', icon: ArrowUpDown },
  { screen: 'activity', word: 'nav.activity', icon: Activity },
  { screen: 'needsYou', word: 'nav.needsYou', icon: Bell },
  { screen: 'storage', word: 'nav.storage', icon: Layers },
  { screen: 'settings', word: 'nav.settings', icon: Settings },
];
