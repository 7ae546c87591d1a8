// The kinds of damage a database suffers, each with what has to become of it.

export interface Damage {
  readonly name: string;
  readonly sql: string;
  /** Repaired without a word from the user. */
  readonly repaired?: boolean;
  /** Held back, with this hazard. */
  readonly hazard?: string;
  /** Repaired once the user says so. */
  readonly with?: { readonly fill?: readonly string[]; readonly allow?: readonly string[]; readonly rename?: readonly string[] };
  /** What differs even then. */
  readonly leaves?: readonly string[];
  /** Found, and nothing to repair: the user's own. */
  readonly finding?: string;
  /** Prisma's engine still differs afterwards, because it would drop or convert. */
  readonly engineDiffers?: boolean;
  /** Columns whose seeded values are gone by the damage itself. */
  readonly loses?: readonly string[];
  /** What was there to be counted is gone with a table. */
  readonly emptied?: readonly string[];
}



export const DAMAGES: readonly Damage[] = [
  { name: 'a table', sql: 'DROP TABLE "Post" CASCADE', repaired: true, emptied: ['Post'] },
  { name: 'a join table', sql: 'DROP TABLE "_BadgeToUser"', repaired: true, emptied: ['_BadgeToUser'] },
  { name: 'an optional column', sql: 'ALTER TABLE "Post" DROP COLUMN body', repaired: true, loses: ['Post.body'] },
  { name: 'a column with default', sql: 'ALTER TABLE "User" DROP COLUMN visits', repaired: true },
  { name: 'a required column', sql: 'ALTER TABLE "User" DROP COLUMN slug', hazard: 'REQUIRED_COLUMN', with: { fill: ['User.slug=lower(email)'] }, loses: ['User.slug'] },
  { name: 'a required column, filled with a constant', sql: 'ALTER TABLE "User" DROP COLUMN slug', hazard: 'REQUIRED_COLUMN', with: { fill: ["User.slug='none'"] }, loses: ['User.slug'] },
  { name: 'a default', sql: 'ALTER TABLE "User" ALTER role DROP DEFAULT', repaired: true },
  { name: 'a computed default', sql: 'ALTER TABLE "Post" ALTER day DROP DEFAULT', repaired: true },
  { name: 'another default', sql: `ALTER TABLE "User" ALTER role SET DEFAULT 'ADMIN'`, repaired: true },
  { name: 'an added default', sql: `ALTER TABLE "User" ALTER slug SET DEFAULT 'x'`, hazard: 'DEFAULT_ADDED_BY_HAND', with: { allow: ['DEFAULT_ADDED_BY_HAND'] } },
  { name: 'NOT NULL', sql: 'ALTER TABLE "Post" ALTER title DROP NOT NULL', repaired: true },
  { name: 'NOT NULL with NULLs', sql: `ALTER TABLE "User" ALTER slug DROP NOT NULL; UPDATE "User" SET slug = NULL WHERE id = 2`, hazard: 'NULLS_PRESENT', with: { fill: ["User.slug='s' || id"] }, loses: ['User.slug'] },
  { name: 'an added NOT NULL', sql: `UPDATE "Post" SET body = '' WHERE body IS NULL; ALTER TABLE "Post" ALTER body SET NOT NULL`, repaired: true, loses: ['Post.body'] },
  { name: 'a primary key', sql: 'ALTER TABLE "Post" DROP CONSTRAINT "Post_pkey"', repaired: true },
  { name: 'a primary key under another name', sql: 'ALTER INDEX "Post_pkey" RENAME TO pk_post', repaired: true },
  { name: 'a primary key of other columns', sql: 'ALTER TABLE "Post" DROP CONSTRAINT "Post_pkey"; ALTER TABLE "Post" ADD CONSTRAINT "Post_pkey" PRIMARY KEY (id, title)', hazard: 'PRIMARY_KEY_CHANGED', engineDiffers: true },
  { name: 'a unique index', sql: 'DROP INDEX "User_email_key"', repaired: true },
  { name: 'a unique index over duplicates', sql: `DROP INDEX "User_email_key"; UPDATE "User" SET email = 'same'`, hazard: 'DUPLICATES_PRESENT', engineDiffers: true, loses: ['User.email'] },
  { name: 'a partial unique index of the name', sql: 'DROP INDEX "User_email_key"; CREATE UNIQUE INDEX "User_email_key" ON "User"(email) WHERE name IS NOT NULL', hazard: 'INDEX_REPLACED', with: { allow: ['INDEX_REPLACED'] } },
  { name: 'a foreign key', sql: 'ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"', repaired: true },
  { name: 'a foreign key with orphans', sql: `ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"; UPDATE "Post" SET "authorId" = 99 WHERE id = 'p3'`, hazard: 'ORPHANS_PRESENT', with: { allow: ['ORPHANS_PRESENT'] }, leaves: ['alter foreignKey Post.Post_authorId_fkey validated'], loses: ['Post.authorId'] },
  { name: 'other actions of a foreign key', sql: 'ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"; ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"(id) ON DELETE RESTRICT ON UPDATE CASCADE', repaired: true },
  { name: 'a foreign key that is not validated', sql: 'ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey"; ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"(id) ON DELETE CASCADE ON UPDATE CASCADE NOT VALID', repaired: true },
  { name: 'a foreign key under another name', sql: 'ALTER TABLE "Post" RENAME CONSTRAINT "Post_authorId_fkey" TO fk_author', repaired: true },
  { name: 'an index', sql: 'DROP INDEX "Post_createdAt_idx"', repaired: true },
  { name: 'an index in another order', sql: 'DROP INDEX "Post_createdAt_idx"; CREATE INDEX "Post_createdAt_idx" ON "Post"("createdAt")', hazard: 'INDEX_REPLACED', with: { allow: ['INDEX_REPLACED'] } },
  { name: 'an index under another name', sql: 'ALTER INDEX "User_email_key" RENAME TO users_email', repaired: true },
  { name: 'an invalid index', sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"User_email_key"'::regclass`, repaired: true },
  { name: 'a unique constraint instead of the index', sql: 'DROP INDEX "User_email_key"; ALTER TABLE "User" ADD CONSTRAINT "User_email_key" UNIQUE (email)', repaired: false },
  { name: 'an enum value', sql: `ALTER TYPE "Role" RENAME TO old; CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN'); ALTER TABLE "User" ALTER role DROP DEFAULT; ALTER TABLE "User" ALTER role TYPE "Role" USING role::text::"Role"; ALTER TABLE "User" ALTER role SET DEFAULT 'USER'; DROP TYPE old`, repaired: true },
  { name: 'an enum value that a default uses', sql: `ALTER TYPE "Role" RENAME TO old; CREATE TYPE "Role" AS ENUM ('EDITOR', 'ADMIN'); ALTER TABLE "User" ALTER role DROP DEFAULT; ALTER TABLE "User" ALTER role TYPE "Role" USING 'ADMIN'::"Role"; DROP TYPE old`, repaired: true, loses: ['User.role'] },
  { name: 'an enum', sql: 'ALTER TABLE "User" DROP COLUMN role; DROP TYPE "Role"', repaired: true },
  { name: 'a sequence', sql: 'DROP SEQUENCE "User_id_seq" CASCADE', repaired: true },
  { name: 'identity instead of serial', sql: 'ALTER TABLE "User" ALTER id DROP DEFAULT; ALTER TABLE "User" ALTER id ADD GENERATED BY DEFAULT AS IDENTITY', repaired: false },
  { name: 'a shorter length', sql: 'ALTER TABLE "Post" ALTER title TYPE varchar(50)', repaired: true },
  { name: 'a longer length', sql: 'ALTER TABLE "Post" ALTER title TYPE varchar(500)', hazard: 'TYPE_CHANGED', engineDiffers: true },
  { name: 'a narrower integer', sql: 'ALTER TABLE "Post" ALTER "authorId" TYPE smallint', repaired: true },
  { name: 'a type', sql: 'ALTER TABLE "Post" ALTER "createdAt" TYPE timestamptz', hazard: 'TYPE_CHANGED', engineDiffers: true },
  { name: 'a narrower type under a view', sql: 'CREATE VIEW v AS SELECT title FROM "Post"; DROP VIEW v; ALTER TABLE "Post" ALTER title TYPE varchar(50); CREATE VIEW v AS SELECT title FROM "Post"', hazard: 'IN_USE', engineDiffers: true },
  { name: 'the table in another letter case', sql: 'ALTER TABLE "Post" RENAME TO post', repaired: true },
  { name: 'a column in another letter case', sql: 'ALTER TABLE "Post" RENAME COLUMN "createdAt" TO createdat', repaired: true },
  { name: 'a similar table', sql: 'ALTER TABLE "Post" RENAME TO posts', hazard: 'LOOKS_RENAMED', with: { rename: ['posts=Post'] } },
  { name: 'a similar column', sql: 'ALTER TABLE "Post" RENAME COLUMN "createdAt" TO created_at', hazard: 'LOOKS_RENAMED', with: { rename: ['Post.created_at=createdAt'] } },
  { name: 'a view of the name', sql: 'DROP TABLE "Post"; CREATE VIEW "Post" AS SELECT 1 AS id', hazard: 'NAME_TAKEN', engineDiffers: true, emptied: ['Post'] },
  { name: 'an index of the name on another table', sql: 'DROP INDEX "Post_createdAt_idx"; CREATE INDEX "Post_createdAt_idx" ON "User"(name)', hazard: 'NAME_TAKEN', engineDiffers: true },
  { name: 'an extra column', sql: 'ALTER TABLE "Post" ADD extra text', finding: 'COLUMN.EXTRA', engineDiffers: true },
  { name: 'an extra required column', sql: `ALTER TABLE "Post" ADD extra text NOT NULL DEFAULT 'x'; ALTER TABLE "Post" ALTER extra DROP DEFAULT`, finding: 'COLUMN.EXTRA_REQUIRED', engineDiffers: true },
  { name: 'an extra table', sql: 'CREATE TABLE extra (id int PRIMARY KEY)', finding: 'TABLE.EXTRA', engineDiffers: true },
  { name: 'an extra index', sql: 'CREATE INDEX extra ON "Post" (body)', finding: 'INDEX.EXTRA', engineDiffers: true },
  { name: 'an extra enum value', sql: `ALTER TYPE "Role" ADD VALUE 'GUEST'`, finding: 'ENUM.EXTRA_VALUES', engineDiffers: true },
  { name: 'everything', sql: 'DROP SCHEMA public CASCADE; CREATE SCHEMA public', repaired: true, emptied: ['User', 'Post', 'Badge', '_BadgeToUser'] },
  { name: 'the schema itself', sql: 'DROP SCHEMA public CASCADE', repaired: true, emptied: ['User', 'Post', 'Badge', '_BadgeToUser'] },
];
