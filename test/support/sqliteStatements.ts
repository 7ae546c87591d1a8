// One migration each, on two tables with every type: what people write between and inside of what Prisma's engine makes.

export const TABLES = `CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "age" INTEGER, "used" BOOLEAN NOT NULL DEFAULT false, "ok" BOOLEAN, "score" REAL, "price" DECIMAL, "big" BIGINT, "meta" TEXT, "doc" JSONB, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "at" DATETIME);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "userId" INTEGER, "parentId" TEXT, CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "Post_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Post" ("id") ON DELETE SET NULL ON UPDATE CASCADE);
CREATE INDEX "Post_userId_idx" ON "Post"("userId");
`;

function dance(columns: string, copy: string, table = 'Post', indexes = 'CREATE INDEX "Post_userId_idx" ON "Post"("userId");'): string {
  return `PRAGMA foreign_keys=OFF; CREATE TABLE "new_${table}" (${columns}); ${copy} DROP TABLE "${table}"; ALTER TABLE "new_${table}" RENAME TO "${table}"; ${indexes} PRAGMA foreign_keys=ON;`;
}

const POST = '"id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "userId" INTEGER, "parentId" TEXT, CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "Post_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Post" ("id") ON DELETE SET NULL ON UPDATE CASCADE';

export const MIGRATIONS: readonly (readonly [name: string, sql: string])[] = [
  ['add ref', `ALTER TABLE "Post" ADD COLUMN "editorId" INTEGER REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;`],
  ['fk off delete', `PRAGMA foreign_keys=OFF; DELETE FROM "User" WHERE "age" IS NULL OR "age" < 5; PRAGMA foreign_keys=ON;`],
  ['fk on delete', `DELETE FROM "User" WHERE "age" IS NULL OR "age" < 5;`],
  ['drop parent fk on', `DROP TABLE "User"; CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL);`],
  ['update pk', `UPDATE "User" SET "id" = "id" + 100000;`],
  ['fk off update pk', `PRAGMA foreign_keys=OFF; UPDATE "User" SET "id" = "id" + 100000; UPDATE "Post" SET "userId" = "userId" + 100000; PRAGMA foreign_keys=ON;`],
  ['ms compare', `UPDATE "User" SET "meta" = 'late' WHERE "at" IS NULL OR "createdAt" < 1;`],
  ['now ms', `UPDATE "User" SET "at" = unixepoch() * 1000;`],
  ['now ms 2', `UPDATE "User" SET "at" = CAST(strftime('%s', 'now') AS INTEGER) * 1000;`],
  ['now ms 4', `UPDATE "User" SET "at" = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER);`],
  ['now iso', `UPDATE "User" SET "at" = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');`],
  ['bool concat', `UPDATE "User" SET "meta" = "used" || '';`],
  ['bool sum', `UPDATE "User" SET "age" = (SELECT sum("used") FROM "User");`],
  ['bool case', `UPDATE "User" SET "age" = CASE "used" WHEN 1 THEN 10 ELSE 20 END;`],
  ['bool plus', `UPDATE "User" SET "age" = "used" + 1;`],
  ['bool coalesce', `UPDATE "User" SET "used" = coalesce("ok", 0);`],
  ['bool max', `UPDATE "User" SET "age" = (SELECT max("used") FROM "User");`],
  ['bool is', `UPDATE "User" SET "meta" = 'x' WHERE "ok" IS 1;`],
  ['bool is not', `UPDATE "User" SET "meta" = 'x' WHERE "ok" IS NOT 1;`],
  ['bool in', `UPDATE "User" SET "meta" = 'x' WHERE "ok" IN (1, 0);`],
  ['bool not', `UPDATE "User" SET "used" = NOT "used";`],
  ['bool from', `UPDATE "User" SET "ok" = "age" > 3;`],
  ['bool from int', `UPDATE "User" SET "ok" = "age";`],
  ['int from bool', `UPDATE "User" SET "age" = "email" = 'x';`],
  ['bool eq', `UPDATE "User" SET "ok" = ("age" = "used");`],
  ['bool text', `UPDATE "User" SET "ok" = '1';`],
  ['filter', `UPDATE "User" SET "age" = (SELECT count(*) FILTER (WHERE "used") FROM "User");`],
  ['count if', `UPDATE "User" SET "age" = (SELECT count("ok" OR NULL) FROM "User");`],
  ['divide', `UPDATE "User" SET "score" = "age" / 2, "price" = 5 / 2, "big" = "age" % 3;`],
  ['round', `UPDATE "User" SET "age" = round(2.5), "score" = round("score", 1), "big" = CAST("score" AS INTEGER) WHERE abs("score") < 100000;`],
  ['like', `UPDATE "User" SET "meta" = 'hit' WHERE "email" LIKE 'K%' OR "meta" LIKE '%a_%';`],
  ['glob', `UPDATE "User" SET "meta" = 'hit' WHERE "email" GLOB 'k*';`],
  ['between', `UPDATE "User" SET "meta" = 'hit' WHERE "age" BETWEEN 0 AND 20 AND "email" NOT IN ('a', 'b');`],
  ['rowid', `UPDATE "User" SET "meta" = 'first' WHERE rowid IN (SELECT min(rowid) FROM "User" GROUP BY "age");`],
  ['limit', `UPDATE "User" SET "meta" = (SELECT "title" FROM "Post" WHERE "Post"."userId" = "User"."id" ORDER BY hex("id") LIMIT 1);`],
  ['exists', `DELETE FROM "Post" WHERE NOT EXISTS (SELECT 1 FROM "User" WHERE "User"."id" = "Post"."userId") OR title = '';`],
  ['json get', `UPDATE "User" SET "meta" = json_extract("doc", '$.a') WHERE json_valid("doc");`],
  ['json arrow', `UPDATE "User" SET "meta" = "doc" ->> '$.a';`],
  ['json obj', `UPDATE "User" SET "doc" = json_object('email', "email", 'age', "age");`],
  ['json text', `UPDATE "User" SET "meta" = json_object('age', "age");`],
  ['hex text', `UPDATE "User" SET "meta" = hex("email");`],
  ['substr', `UPDATE "User" SET "meta" = substr("email", -3) || substr("email", 2, 2) || replace("email", ' ', '_');`],
  ['uuid', `INSERT INTO "Post" ("id", "title") SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', abs(random()) % 4 + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), "email" FROM "User";`],
  ['two dances', `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Post" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "userId" INTEGER, "extra" TEXT NOT NULL DEFAULT 'e');
INSERT INTO "new_Post" ("id","title","userId") SELECT "id","title","userId" FROM "Post"; DROP TABLE "Post"; ALTER TABLE "new_Post" RENAME TO "Post";
CREATE TABLE "new_Post" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "userId" INTEGER, "extra" TEXT);
INSERT INTO "new_Post" ("id","name","userId","extra") SELECT "id","title" || "extra","userId",upper("extra") FROM "Post"; DROP TABLE "Post"; ALTER TABLE "new_Post" RENAME TO "Post";
PRAGMA foreign_keys=ON;`],
  ['other case', `PRAGMA foreign_keys=OFF;
create table new_post (ID text not null primary key, Title text not null default 'x', userid integer);
insert into new_post (id, title, USERID) select ID, TITLE, userId from post; drop table post; alter table new_post rename to Post;
PRAGMA foreign_keys=ON;`],
  ['swap', `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Post" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT, "userId" INTEGER, "parentId" TEXT, "a" TEXT);
INSERT INTO "new_Post" ("id","title","userId","parentId","a") SELECT "id","parentId","userId","title","title" FROM "Post"; DROP TABLE "Post"; ALTER TABLE "new_Post" RENAME TO "Post";
PRAGMA foreign_keys=ON;`],
  ['drop create', `PRAGMA foreign_keys=OFF; DROP TABLE "Post"; PRAGMA foreign_keys=ON; CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "userId" INTEGER, CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE); INSERT INTO "Post" ("userId") SELECT "id" FROM "User" ORDER BY "id";`],
  ['temp copy', `CREATE TEMPORARY TABLE "keep" AS SELECT "id", "title" FROM "Post"; UPDATE "Post" SET "title" = 'gone'; UPDATE "Post" SET "title" = (SELECT "title" FROM "keep" WHERE "keep"."id" = "Post"."id") WHERE "userId" IS NOT NULL; DROP TABLE "keep";`],
  ['create as', `CREATE TABLE "Copy" AS SELECT "id", "email", "used", "age" * 2 AS "twice", "createdAt" FROM "User" WHERE "used" = 0 AND abs("age") < 100;`],
  ['rename dance', `ALTER TABLE "Post" RENAME TO "Article"; PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Article" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "userId" INTEGER NOT NULL DEFAULT 1, "parentId" TEXT, CONSTRAINT "Article_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Article" ("id") ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO "new_Article" SELECT "id","title",coalesce("userId", 1),"parentId" FROM "Article"; DROP TABLE "Article"; ALTER TABLE "new_Article" RENAME TO "Article"; PRAGMA foreign_keys=ON;`],
  ['id to text', `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL);
INSERT INTO "new_User" ("id","email") SELECT "id","email" FROM "User"; DROP TABLE "User"; ALTER TABLE "new_User" RENAME TO "User"; CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "new_Post" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "userId" TEXT, "parentId" TEXT, CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "Post_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Post" ("id") ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO "new_Post" SELECT * FROM "Post"; DROP TABLE "Post"; ALTER TABLE "new_Post" RENAME TO "Post"; CREATE INDEX "Post_userId_idx" ON "Post"("userId"); PRAGMA foreign_keys=ON;`],
  ['or ignore', `INSERT OR IGNORE INTO "User" ("id", "email") SELECT "id", "email" || '!' FROM "User"; INSERT OR IGNORE INTO "User" ("email") VALUES ('brand new'); INSERT INTO "User" ("email") VALUES ('brand new') ON CONFLICT ("email") DO UPDATE SET "age" = 77;`],
  ['explicit then', `INSERT INTO "User" ("id", "email") VALUES (900000, 'big one'); INSERT INTO "User" ("email") VALUES ('after'); INSERT INTO "User" ("id", "email") VALUES (NULL, 'null id');`],
  ['no affinity', `UPDATE "User" SET "age" = '12', "meta" = 34, "score" = '1.5', "used" = 'true' WHERE 1;`],
  ['into big', `UPDATE "User" SET "big" = 9223372036854775807, "age" = -2147483648;`],
  ['empty in', `DELETE FROM "Post" WHERE "id" IN ();`],
  ['is text', `UPDATE "User" SET "meta" = CASE WHEN "meta" IS "x" THEN "yes" ELSE "no" END;`],
  ['date default now', `ALTER TABLE "Post" ADD COLUMN "n" DATETIME; UPDATE "Post" SET "n" = datetime('now', '-1 year', 'start of month');`],
  ['window', `UPDATE "User" SET "age" = (SELECT n FROM (SELECT "id", row_number() OVER (ORDER BY "id") AS n FROM "User") AS w WHERE w."id" = "User"."id");`],
  ['recursive', `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) INSERT INTO "Post" ("id", "title") SELECT 'r' || x, 'row ' || x FROM c;`],
  ['values', `INSERT INTO "Post" ("id", "title", "userId") SELECT column1, column2, (SELECT min("id") FROM "User") FROM (VALUES ('v1', 'a'), ('v2', 'b'));`],
  ['returning', `UPDATE "User" SET "age" = 1 WHERE "id" < 0 RETURNING *;`],
  ['rowvalue', `UPDATE "User" SET ("age", "meta") = (SELECT 5, 'five');`],
  ['upd from', `UPDATE "Post" SET "title" = u."email" || '/' || "Post"."title" FROM "User" AS u WHERE u."id" = "Post"."userId" AND u."used" = 1;`],
  ['alias update', `UPDATE "Post" AS p SET "title" = p."title" || '?' WHERE p."userId" IS NOT NULL;`],
  ['unique null', `CREATE UNIQUE INDEX "Post_u" ON "Post"("userId", "parentId");`],
  ['partial', `CREATE UNIQUE INDEX "User_part" ON "User"("age", "email") WHERE "used" = 1 AND "age" IS NOT NULL;`],
  ['compare text int', `UPDATE "User" SET "meta" = 'eq' WHERE "meta" = 12 OR "age" = '7';`],
  ['concat real', `UPDATE "User" SET "meta" = 'v' || 1.5 || "age";`],
  ['total', `UPDATE "User" SET "score" = (SELECT total("age") FROM "User" WHERE "age" < 0 AND "age" > 0), "price" = (SELECT avg("age") FROM "User" WHERE "age" IN (1, 2));`],
  ['hex coalesce', `ALTER TABLE "Post" ADD COLUMN "y" BLOB; ` + dance(POST.replace('"userId" INTEGER', '"userId" INTEGER, "y" BLOB NOT NULL DEFAULT \'68656c6c6f\''), `INSERT INTO "new_Post" ("id","title","userId","parentId","y") SELECT "id","title","userId","parentId",coalesce("y", '68656c6c6f') AS "y" FROM "Post";`)],
  ['seq empty', `CREATE TABLE "E" ("id" TEXT NOT NULL PRIMARY KEY, "n" INTEGER); ` + dance('"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "n" INTEGER', 'INSERT INTO "new_E" ("id", "n") SELECT "id", "n" FROM "E";', 'E', '') + ` INSERT INTO "E" ("n") VALUES (5);`],
  ['seq empty 2', `CREATE TABLE "E" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "n" INTEGER); INSERT INTO "E" ("id", "n") SELECT "id", 1 FROM "User" WHERE 1 = 0; INSERT INTO "E" ("n") VALUES (5);`],
  ['dance order limit', dance(POST, 'INSERT INTO "new_Post" SELECT "id","title","userId","parentId" FROM "Post" ORDER BY hex("id") LIMIT 2;')],
  ['dance distinct', dance(POST, 'INSERT INTO "new_Post" SELECT DISTINCT "id","title","userId","parentId" FROM "Post";')],
  ['dance alias', dance(POST, 'INSERT INTO "new_Post" SELECT p."id", upper(p."title"), p."userId", p."parentId" FROM "Post" p WHERE p."title" <> \'\';')],
  ['dance null key', dance(POST, 'INSERT INTO "new_Post" ("id","title","userId") SELECT "id" || \'-new\',"title","userId" FROM "Post";')],
  ['dance two inserts', dance(POST, 'INSERT INTO "new_Post" SELECT "id","title","userId",NULL FROM "Post" WHERE "userId" IS NULL; INSERT INTO "new_Post" SELECT "id","title" || \'!\',"userId",NULL FROM "Post" WHERE "userId" IS NOT NULL;')],
  ['dance update new', dance(POST, 'INSERT INTO "new_Post" SELECT * FROM "Post"; UPDATE "new_Post" SET "title" = \'t-\' || "title";')],
  ['dance update old', dance(POST, 'UPDATE "Post" SET "title" = \'old-\' || "title"; INSERT INTO "new_Post" SELECT * FROM "Post";')],
  ['dance ignore', dance(POST.replace('"title" TEXT NOT NULL', '"title" TEXT NOT NULL UNIQUE'), 'INSERT OR IGNORE INTO "new_Post" SELECT "id", substr("title", 1, 1), "userId", NULL FROM "Post";')],
  ['dance literal', dance(POST.replace('"title" TEXT NOT NULL', '"title" TEXT NOT NULL, "kind" TEXT NOT NULL, "n" INTEGER NOT NULL, "b" BOOLEAN NOT NULL, "d" DATETIME NOT NULL'), `INSERT INTO "new_Post" ("id","title","userId","parentId","kind","n","b","d") SELECT "id","title","userId","parentId",'k',7,1,1572753946789 FROM "Post";`)],
  ['dance new user', dance('"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "label" TEXT, "posts" INTEGER NOT NULL', `INSERT INTO "new_User" ("id","email","label","posts") SELECT "id","email","meta" || coalesce("age", ''),(SELECT count(*) FROM "Post" WHERE "Post"."userId" = "User"."id") FROM "User";`, 'User', 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email");')],
  ['dance swap cols', dance('"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "score" DECIMAL, "price" REAL, "used" BOOLEAN, "ok" BOOLEAN NOT NULL DEFAULT true', `INSERT INTO "new_User" ("id","email","score","price","used","ok") SELECT "id","email","price","score","ok","used" FROM "User";`, 'User', 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email");')],
  ['dance after add', `ALTER TABLE "User" ADD COLUMN "nick" TEXT; UPDATE "User" SET "nick" = substr("email", 1, 3); ` + dance('"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "nick" TEXT NOT NULL', `INSERT INTO "new_User" SELECT "id","email","nick" FROM "User";`, 'User', 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email"); CREATE INDEX "User_nick_idx" ON "User"("nick");') + ` UPDATE "User" SET "nick" = upper("nick"); INSERT INTO "User" ("email", "nick") VALUES ('n1', 'n2');`],
  ['dance created here', `CREATE TABLE "New" ("id" TEXT NOT NULL PRIMARY KEY, "a" INTEGER); INSERT INTO "New" SELECT "email", "age" FROM "User"; ` + dance('"id" TEXT NOT NULL PRIMARY KEY, "b" TEXT NOT NULL', `INSERT INTO "new_New" SELECT "id", 'b' || coalesce("a", 0) FROM "New";`, 'New', '')],
  ['drop idx rename', `DROP INDEX "Post_userId_idx"; CREATE INDEX "Post_idx2" ON "Post"("userId"); DROP INDEX "User_email_key"; CREATE INDEX "User_email_idx" ON "User"("email");`],
  ['split table', `CREATE TABLE "Profile" ("userId" INTEGER NOT NULL PRIMARY KEY, "meta" TEXT, CONSTRAINT "Profile_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE); INSERT INTO "Profile" ("userId", "meta") SELECT "id", "meta" FROM "User" WHERE "meta" IS NOT NULL; ALTER TABLE "User" DROP COLUMN "meta";`],
  ['m 2m', `CREATE TABLE "_PostToUser" ("A" TEXT NOT NULL, "B" INTEGER NOT NULL, CONSTRAINT "_PostToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "Post" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_PostToUser_B_fkey" FOREIGN KEY ("B") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE); INSERT INTO "_PostToUser" ("A", "B") SELECT "id", "userId" FROM "Post" WHERE "userId" IS NOT NULL; CREATE UNIQUE INDEX "_PostToUser_AB_unique" ON "_PostToUser"("A", "B"); CREATE INDEX "_PostToUser_B_index" ON "_PostToUser"("B"); ` + dance('"id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL', 'INSERT INTO "new_Post" ("id", "title") SELECT "id", "title" FROM "Post";', 'Post', '')],
  ['view then dance', `CREATE VIEW "V" AS SELECT "id", "title" FROM "Post"; DROP VIEW "V"; ` + dance(POST.replace('"title" TEXT', '"title" INTEGER'), 'INSERT INTO "new_Post" SELECT "id", length("title"), "userId", "parentId" FROM "Post";')],
  ['rename twice', `ALTER TABLE "User" RENAME TO "Member"; ALTER TABLE "Member" RENAME COLUMN "email" TO "mail"; ALTER TABLE "Member" RENAME TO "User"; ALTER TABLE "Post" RENAME COLUMN "userId" TO "memberId"; UPDATE "Post" SET "title" = (SELECT "mail" FROM "User" WHERE "User"."id" = "Post"."memberId") WHERE "memberId" IS NOT NULL;`],
  ['update order', `UPDATE "User" SET "age" = "big", "big" = "age" WHERE "big" BETWEEN -5 AND 5;`],
  ['boolean index', `CREATE INDEX "i" ON "User"("used", "ok" DESC); CREATE INDEX "j" ON "User"(lower("email")) WHERE "ok";`],
  ['check', dance(POST.replace('"title" TEXT NOT NULL', '"title" TEXT NOT NULL CHECK (length("title") < 5000 AND "title" NOT LIKE \'zzz%\')'), 'INSERT INTO "new_Post" SELECT * FROM "Post";')],
  ['generated', `ALTER TABLE "User" ADD COLUMN "dbl" INTEGER GENERATED ALWAYS AS ("age" % 100 * 2) VIRTUAL; UPDATE "User" SET "meta" = "dbl";`],
  ['comment', `-- it's a comment; with a semicolon
/* block ; 'quote */ UPDATE "User" SET "meta" = 'a;b--c' -- trailing
 WHERE "age" > 0;;`],
  ['strict', `CREATE TABLE "S" ("id" INTEGER PRIMARY KEY, "v" ANY, "t" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))) STRICT; INSERT INTO "S" ("v") VALUES ('x'), ('y');`],
];
