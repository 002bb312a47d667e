/** The bundles Electron runs: main process, service with its workers beside it, and the preload as one CommonJS file. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** Native modules stay packages of their own, outside the archive; `electron` is given by the runtime, `pg-native` is never used. */
const external = ['electron', 'better-sqlite3', 'keytar', 'bcrypt', 'pg-native'];

/** CommonJS packages inside an ES module still ask for require and their own place. */
const commonJsInside = [
  "import { createRequire as strataCreateRequire } from 'node:module';",
  "import { fileURLToPath as strataFileURLToPath } from 'node:url';",
  "import { dirname as strataDirname } from 'node:path';",
  'const require = strataCreateRequire(import.meta.url);',
  'const __filename = strataFileURLToPath(import.meta.url);',
  'const __dirname = strataDirname(__filename);',
].join('\n');

const shared = { bundle: true, platform: 'node', target: 'node24', sourcemap: 'linked', legalComments: 'none', logLevel: 'warning', external };
const asModule = { format: 'esm', outExtension: { '.js': '.mjs' }, banner: { js: commonJsInside } };

export async function buildBundles(root, out) {
  const from = (...parts) => path.join(root, ...parts);
  const workers = workerFiles(from('main'));
  await build({ ...shared, ...asModule, entryPoints: { main: from('main', 'electron', 'main.ts') }, outdir: path.join(out, 'electron') });
  await build({
    ...shared, ...asModule,
    entryPoints: Object.fromEntries([['service', from('main', 'service.ts')], ...workers.map((file) => [workerName(file), file])]),
    outdir: path.join(out, 'service'),
    plugins: [workersBeside(workers)],
  });
  refuseSourceNames(path.join(out, 'service', 'service.mjs'));
  await build({ ...shared, format: 'cjs', entryPoints: [from('preload', 'bridge.ts')], outfile: path.join(out, 'preload', 'bridge.cjs') });
  // Beside main.mjs, where the packed app finds them too; build/ itself is not packed.
  cpSync(from('build', 'tray'), path.join(out, 'electron', 'icons'), { recursive: true });
  cpSync(from('build', 'icons', '256x256.png'), path.join(out, 'electron', 'icons', 'icon.png'));
}

/** Every `…-worker.ts` is a program of its own and becomes a file of its own. */
export function workerFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return workerFiles(place);
    return entry.name.endsWith('-worker.ts') ? [place] : [];
  });
}

/** Type declarations are named in libraries' comments only. */
const sourceName = /(?:import\(|new URL\(|=)\s*["'](\.{1,2}\/[\w./-]+(?<!\.d)\.ts)["']/;

/** A source file named in the bundle was not bundled: the installed app would look for it and stop. */
function refuseSourceNames(bundle) {
  const found = sourceName.exec(readFileSync(bundle, 'utf8'));
  if (found !== null) throw new Error(`The service's bundle still looks for ${found[1]}: name it literally, import('${found[1]}'), so that it is bundled.`);
}

function workerName(file) {
  return path.basename(file, '.ts');
}

const workerUrl = /new URL\(\s*(['"])(\.{1,2}\/[^'"]*-worker)\.ts\1\s*,\s*import\.meta\.url\s*\)/g;

/** Points `new URL('./x-worker.ts', import.meta.url)` at the bundle that lies beside the service's; an unknown worker fails the build. */
export function pointAtBundles(source, file, workers) {
  return source.replace(workerUrl, (_, quote, relative) => {
    const target = path.resolve(path.dirname(file), `${relative}.ts`);
    if (!workers.includes(target)) throw new Error(`${file} starts ${relative}.ts, which is not there.`);
    return `new URL(${quote}./${workerName(target)}.mjs${quote}, import.meta.url)`;
  });
}

function workersBeside(workers) {
  const names = workers.map(workerName);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`Two workers are called ${twice}.ts; in the bundle they would overwrite each other.`);
  return {
    name: 'workers-beside',
    setup(context) {
      context.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const source = readFileSync(file, 'utf8');
        if (!source.includes('-worker.ts')) return undefined;
        return { contents: pointAtBundles(source, file, workers), loader: 'ts' };
      });
    },
  };
}
