/** The store suite on a real VersityGW, with and without versions (rule 22). */
import { startVersity } from '../testing/servers.ts';
import { describeStore } from '../testing/store-conformance.ts';
import { storeOn } from '../testing/store-under-test.ts';

describeStore('VersityGW', () => storeOn(startVersity()));
describeStore('VersityGW with versions', () => storeOn(startVersity({ versioning: true }), { versioning: true }));
