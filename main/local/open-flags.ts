/** How files are opened so that nothing at their name can lead elsewhere or make the opening wait. */
import { constants } from 'node:fs';

// Without NONBLOCK opening a pipe somebody put there would hang for ever; NOFOLLOW does not exist on Windows.
export const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
export const createFlags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
