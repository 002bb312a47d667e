/** The engine's questions about names, answered by this folder's rules: reserved, ignored, and free names for copies. */
import type { RelativePath } from '../../shared/relative-path.ts';
import type { NameRules } from '../sync/root-engine.ts';
import { ignoreRules, type IgnoreRules } from './ignore-rules.ts';
import { cleanDevice, conflictName, conflictOf, fileBesideFolderName, keptName, reservedName, restoredName } from './names.ts';

export function createNameRules(): NameRules {
  let text: string | null | undefined;
  let rules: IgnoreRules = ignoreRules(null);
  return {
    isReserved: reservedName,
    conflictName: (path, device, atMs, isTaken) => conflictName(path, device, new Date(atMs), isTaken),
    conflictOf,
    isDevice: (named, deviceName) => named === cleanDevice(deviceName),
    keptName,
    restoredName: (path, atMs, isTaken) => restoredName(path, new Date(atMs), isTaken),
    fileBesideFolderName: (path, sha256, isTaken) => {
      const plain = fileBesideFolderName(path, sha256);
      for (let number = 2; isTaken(plain) && number < 100; number += 1) {
        const next = `${plain} ${number}` as RelativePath;
        if (!isTaken(next)) return next;
      }
      return plain;
    },
    ignoredBy: (path, isFolder, strataIgnore) => {
      if (strataIgnore !== text) {
        text = strataIgnore;
        rules = ignoreRules(strataIgnore);
      }
      // From the top down: what lies below an ignored folder is ignored with it.
      for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
        const above = rules.matching(path.slice(0, cut), true);
        if (above !== null) return above;
      }
      return rules.matching(path, isFolder);
    },
  };
}
