/** Whether what is installed differs from what package-lock.json names. */

/** A newer lock file alone proves nothing (a checkout touches it): `npm ci` empties node_modules, so only when versions differ. */
export function needsInstall(lockPackages, installedPackages) {
  return Object.entries(lockPackages).some(([name, wanted]) => {
    if (name === '') return false;
    const found = installedPackages[name];
    // Optional packages of other systems are never installed here.
    return found === undefined ? wanted.optional !== true && wanted.devOptional !== true && wanted.peer !== true : found.version !== wanted.version;
  });
}
