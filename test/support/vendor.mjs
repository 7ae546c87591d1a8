// sql.js comes with 30 MB of builds, of which two files are used: those are carried in the package, with their licence.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const from = dirname(createRequire(import.meta.url).resolve('sql.js'));
const to = new URL('../../dist/vendor/', import.meta.url);
mkdirSync(to, { recursive: true });
copyFileSync(join(from, 'sql-wasm.js'), new URL('sql-wasm.cjs', to));
copyFileSync(join(from, 'sql-wasm.wasm'), new URL('sql-wasm.wasm', to));
copyFileSync(join(from, '..', 'LICENSE'), new URL('sql-wasm.LICENSE', to));
