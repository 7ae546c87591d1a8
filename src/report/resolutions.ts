// Decisions about the ledger in words.

import type { Resolution } from '../history/resolve.ts';

/** `20250101_init: applied` */
export function resolutionTitle(resolution: Resolution): string {
  switch (resolution.as) {
    case 'shape':
      return 'ledger: made what Prisma reads';
    case 'moveLedger':
      return `ledger: moved out of the schema ${resolution.from}`;
    case 'createLedger':
      return 'ledger: created, empty';
    case 'rolledBack':
      return `${resolution.name}: rolled back${resolution.ids.length > 1 ? ` (${resolution.ids.length} rows)` : ''}`;
    case 'applied':
      return `${resolution.file.name}: ${resolution.complete.length === 0 ? '' : `completed (${resolution.complete.length} statement${resolution.complete.length === 1 ? '' : 's'}), then `}applied`;
    case 'renamed':
      return `${resolution.file.name}: renamed in the ledger from ${resolution.from}`;
    case 'checksum':
      return `${resolution.file.name}: checksum of the file as it is now`;
    case 'forget':
      return `${resolution.name}: counts no more (rolled_back_at is set; the row stays)`;
    case 'lockFile':
      return 'migration_lock.toml: provider = "postgresql"';
    case 'file':
      return `${resolution.file.name}: ${resolution.parts.length === 1 ? 'file put right' : `cut into ${resolution.parts.length} files`}`;
    case 'translate':
      return `${resolution.files.length === 1 ? (resolution.files[0]?.name ?? '') : `${resolution.files.length} migrations`}: translated in place, the originals kept beside`;
    case 'archive':
      return `${resolution.names.length === 1 ? (resolution.names[0] ?? '') : `${resolution.names.length} migrations`}: archived, and a baseline written`;
  }
}
