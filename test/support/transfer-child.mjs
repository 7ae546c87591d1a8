// A process of its own that copies a SQLite file: <url> <file>. Says where it is on stderr; the report and its memory at the end on stdout.

import { connect } from '../../dist/database/session.js';
import { parseUrl } from '../../dist/database/url.js';
import { transferData } from '../../dist/run/transfer/transfer.js';

const [url, file] = process.argv.slice(2);
const open = () => connect(parseUrl(url, 'the test'));
const session = await open();
const report = await transferData(session, { file, schema: 'public', signal: new AbortController().signal, progress: (words) => process.stderr.write(`${words}\n`), reconnect: open });
await session.close();
process.stdout.write(JSON.stringify({ ...report, megabytes: process.resourceUsage().maxRSS / 1024 }));
