// SQLite histories as people write them: what the engine made, edited by hand, and statements of their own. In the manner of known
// projects, not their text.

import type { SourceFile } from '../../src/sqlite/types.ts';

export interface WrittenHistory {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

function history(name: string, ...texts: readonly string[]): WrittenHistory {
  return { name, files: texts.map((sql, at) => ({ name: `2023010100000${at}_${name.replaceAll(' ', '_')}`, sql: sql.trim() })) };
}

/** Prisma's dance as its engine writes it since 5.15; `insert` stands in the place of the copy. */
function dance(table: string, columns: string, insert: string, indexes = ''): string {
  return `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_${table}" (
${columns}
);
${insert}
DROP TABLE "${table}";
ALTER TABLE "new_${table}" RENAME TO "${table}";
${indexes}
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`;
}

const ACCOUNTS = `
-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL,
    "email" TEXT NOT NULL,
    "firstName" TEXT,
    "lastName" TEXT,
    "isAdmin" BOOLEAN NOT NULL DEFAULT false
);

-- CreateTable
CREATE TABLE "Share" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked" BOOLEAN NOT NULL DEFAULT false,
    "views" INTEGER NOT NULL DEFAULT 0,
    "expiration" DATETIME NOT NULL,
    "creatorId" TEXT,
    CONSTRAINT "Share_creatorId_fkey" FOREIGN KEY ("creatorId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ReverseShare" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "token" TEXT NOT NULL,
    "used" BOOLEAN NOT NULL DEFAULT false,
    "shareId" TEXT,
    CONSTRAINT "ReverseShare_shareId_fkey" FOREIGN KEY ("shareId") REFERENCES "Share" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "RefreshToken" (
    "token" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    CONSTRAINT "RefreshToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Config" (
    "updatedAt" DATETIME NOT NULL,
    "key" TEXT NOT NULL PRIMARY KEY,
    "type" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "locked" BOOLEAN NOT NULL DEFAULT false
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "ReverseShare_token_key" ON "ReverseShare"("token");
CREATE UNIQUE INDEX "ReverseShare_shareId_key" ON "ReverseShare"("shareId");
`;

export const HISTORIES: readonly WrittenHistory[] = [
  history(
    'file sharing',
    ACCOUNTS,
    `
-- People wrote these by hand.
INSERT INTO Config (updatedAt, \`key\`, type, value) VALUES (strftime('%Y-%m-%d %H:%M:%S', '2022-10-11 12:13:14'), "JWT_SECRET", "string", 'it''s'), ("2022-10-11T12:13:14.000Z", 'APP_URL', "string", "http://localhost:3000");
UPDATE Config SET locked = 1, value = IIF(value == "it's", 'yes', IFNULL(NULL, value || '/')) WHERE \`key\` == "JWT_SECRET" OR [key] = 'APP_URL';
UPDATE user SET isadmin = 1 WHERE ID IN (SELECT creatorId FROM Share WHERE views > 0 AND NOT locked);
`,
    // A table made anew with the same foreign key.
    `
DROP TABLE "RefreshToken";
CREATE TABLE "RefreshToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "token" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    CONSTRAINT "RefreshToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "RefreshToken_token_key" ON "RefreshToken"("token");
`,
    // The second dance drops what the first reads.
    `
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Share" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked" BOOLEAN NOT NULL DEFAULT false,
    "views" INTEGER NOT NULL DEFAULT 0,
    "expiration" DATETIME NOT NULL,
    "creatorId" TEXT,
    "reverseShareId" TEXT,
    CONSTRAINT "Share_creatorId_fkey" FOREIGN KEY ("creatorId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Share_reverseShareId_fkey" FOREIGN KEY ("reverseShareId") REFERENCES "ReverseShare" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Share" ("createdAt", "creatorId", "expiration", "id", "locked", "views", "reverseShareId") SELECT "createdAt", "creatorId", "expiration", "id", "locked", "views", (SELECT id FROM ReverseShare WHERE shareId = Share.id) FROM "Share";
DROP TABLE "Share";
ALTER TABLE "new_Share" RENAME TO "Share";
CREATE TABLE "new_ReverseShare" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "token" TEXT NOT NULL,
    "remainingUses" INTEGER NOT NULL
);
INSERT INTO "new_ReverseShare" ("id", "token", "remainingUses") SELECT "id", "token", iif("ReverseShare".used, 0, 1) FROM "ReverseShare";
DROP TABLE "ReverseShare";
ALTER TABLE "new_ReverseShare" RENAME TO "ReverseShare";
CREATE UNIQUE INDEX "ReverseShare_token_key" ON "ReverseShare"("token");
PRAGMA foreign_key_check;
PRAGMA foreign_keys=ON;
`,
    // A copy line by line.
    `
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Config" (
    "updatedAt" DATETIME NOT NULL,
    "name" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "value" TEXT,
    "order" INTEGER NOT NULL,

    PRIMARY KEY ("name", "category")
);
INSERT INTO "new_Config" (updatedAt, name, category, type, value, "order") VALUES (1665490394000, 'jwtSecret', 'internal', 'string', (SELECT value FROM Config WHERE key == 'JWT_SECRET'), 0);
INSERT INTO "new_Config" SELECT updatedAt, lower(key), "general", type, value, 1 FROM Config WHERE key <> 'JWT_SECRET';
DROP TABLE "Config";
ALTER TABLE "new_Config" RENAME TO "Config";
PRAGMA foreign_keys=ON;
`,
    dance('User', '    "id" TEXT NOT NULL PRIMARY KEY,\n    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,\n    "updatedAt" DATETIME NOT NULL,\n    "email" TEXT NOT NULL,\n    "username" TEXT NOT NULL,\n    "isAdmin" BOOLEAN NOT NULL DEFAULT false', `INSERT INTO "new_User" ("createdAt", "email", "id", "isAdmin", "updatedAt", "username") SELECT "createdAt", "email", "id", "isAdmin", "updatedAt", 'user-' || User.id || ':' || ifnull("firstName", '') || CASE WHEN "lastName" ISNULL THEN "!" ELSE '' END FROM "User";`, 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email");'),
  ),
  history(
    'blog with a guard',
    `
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "team" TEXT NOT NULL, "timezone" TEXT);
CREATE TABLE "Call" ("id" TEXT NOT NULL PRIMARY KEY, "title" TEXT NOT NULL, "description" TEXT NOT NULL, "keywords" TEXT NOT NULL, "notes" TEXT, "userId" TEXT NOT NULL, CONSTRAINT "Call_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE "PostRead" ("id" TEXT NOT NULL PRIMARY KEY, "userId" TEXT, "clientId" TEXT, "slug" TEXT NOT NULL, CONSTRAINT "PostRead_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX "PostRead_slug_idx" ON "PostRead"("slug");
`,
    `
-- Stops when a client is also a user.
CREATE TEMP TABLE "_guard" ("n" INTEGER NOT NULL CHECK ("n" = 0));
INSERT INTO "_guard" ("n") SELECT count(*) FROM "PostRead" WHERE "userId" IS NOT NULL AND "clientId" = 'nobody at all';
DROP TABLE "_guard";
`,
    dance('Call', '    "id" TEXT NOT NULL PRIMARY KEY,\n    "title" TEXT NOT NULL,\n    "notes" TEXT,\n    "userId" TEXT NOT NULL,\n    "isAnonymous" BOOLEAN NOT NULL DEFAULT false,\n    CONSTRAINT "Call_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE', `INSERT INTO "new_Call" ("id", "title", "notes", "userId") SELECT "id", "title", CASE WHEN "notes" IS NOT NULL AND trim("notes") <> '' THEN "notes" || char(10) || char(10) || 'Description: ' || "description" ELSE trim('Keywords: ' || "keywords" || char(10) || "description") END, "userId" FROM "Call";`),
    `ALTER TABLE "PostRead" ADD COLUMN "createdAt" DATETIME;
UPDATE "PostRead" SET "createdAt" = (SELECT "createdAt" FROM "User" WHERE "User"."id" = "PostRead"."userId") WHERE "userId" IS NOT NULL;
DELETE FROM "PostRead" WHERE "id" IN (SELECT "id" FROM (SELECT "id", row_number() OVER (PARTITION BY "slug", coalesce("userId", "clientId") ORDER BY "id") AS n FROM "PostRead") WHERE n > 1);`,
  ),
  history(
    'permissions',
    `
CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL);
CREATE TABLE "Permission" ("id" TEXT NOT NULL PRIMARY KEY, "action" TEXT NOT NULL, "entity" TEXT NOT NULL, "access" TEXT NOT NULL, "description" TEXT NOT NULL DEFAULT '', "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL);
CREATE TABLE "Role" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "description" TEXT NOT NULL DEFAULT '', "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL);
CREATE TABLE "_PermissionToRole" ("A" TEXT NOT NULL, "B" TEXT NOT NULL, CONSTRAINT "_PermissionToRole_A_fkey" FOREIGN KEY ("A") REFERENCES "Permission" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_PermissionToRole_B_fkey" FOREIGN KEY ("B") REFERENCES "Role" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE "_RoleToUser" ("A" TEXT NOT NULL, "B" TEXT NOT NULL, CONSTRAINT "_RoleToUser_A_fkey" FOREIGN KEY ("A") REFERENCES "Role" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "_RoleToUser_B_fkey" FOREIGN KEY ("B") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE UNIQUE INDEX "Permission_action_entity_access_key" ON "Permission"("action", "entity", "access");
CREATE UNIQUE INDEX "Role_name_key" ON "Role"("name");
CREATE UNIQUE INDEX "_PermissionToRole_AB_unique" ON "_PermissionToRole"("A", "B");
CREATE INDEX "_PermissionToRole_B_index" ON "_PermissionToRole"("B");
CREATE UNIQUE INDEX "_RoleToUser_AB_unique" ON "_RoleToUser"("A", "B");
CREATE INDEX "_RoleToUser_B_index" ON "_RoleToUser"("B");
INSERT INTO Permission VALUES('p1','create','user','own','',1696625465526,1696625465526);
INSERT INTO permission VALUES('p2','read','user','any','',1696625465534,'2023-10-06T20:51:05.534Z');
INSERT INTO Role VALUES('r1','admin','',1696625465557,1696625465557);
INSERT INTO _PermissionToRole VALUES('p1','r1'),('p2','r1');
`,
    `
INSERT INTO "Role" ("id", "name", "updatedAt") VALUES (lower(hex(randomblob(16))), 'visitor', CURRENT_TIMESTAMP);
INSERT OR IGNORE INTO "_RoleToUser" ("A", "B") SELECT (SELECT "id" FROM "Role" WHERE "name" = 'visitor'), "id" FROM "User";
INSERT INTO "Permission" ("id", "action", "entity", "access", "updatedAt") VALUES ('p1', 'create', 'user', 'own', 1696625465526) ON CONFLICT ("id") DO UPDATE SET "description" = excluded."action" || '!', "updatedAt" = excluded.updatedAt;
`,
    // Sessions, and data moved into a new table.
    `
CREATE TABLE "Connection" ("id" TEXT NOT NULL PRIMARY KEY, "providerName" TEXT NOT NULL, "at" DATETIME, "userId" TEXT NOT NULL, CONSTRAINT "Connection_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
INSERT INTO "Connection" SELECT 'c-' || id, substr(email, 1, 3), createdAt, id FROM "User" WHERE length(email) >= 3 ORDER BY email;
ALTER TABLE "Role" ADD COLUMN "rank" INTEGER NOT NULL DEFAULT 0;
UPDATE "Role" SET "rank" = (SELECT count(*) FROM "_RoleToUser" WHERE "A" = "Role"."id") + CASE name WHEN 'admin' THEN 10 ELSE 0 END;
`,
  ),
  history(
    'old forms',
    `
CREATE TABLE "Team" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "max" REAL NOT NULL DEFAULT 1.5,

    PRIMARY KEY ("id")
);
CREATE TABLE "Setting" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "fqdn" TEXT,
    "isOn" BOOLEAN NOT NULL DEFAULT true,
    "port" INTEGER NOT NULL DEFAULT 9000,
    "teamId" TEXT NOT NULL,

    FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "Setting.fqdn_unique" ON "Setting"("fqdn");
`,
    `
-- RedefineIndex
DROP INDEX "Setting.fqdn_unique";
CREATE UNIQUE INDEX "Setting_fqdn_key" ON "Setting"("fqdn");

-- RedefineTables
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Setting" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "fqdn" TEXT,
    "isOn" BOOLEAN NOT NULL DEFAULT false,
    "minPort" INTEGER NOT NULL DEFAULT 9000,
    "maxPort" INTEGER NOT NULL DEFAULT 9100,
    "teamId" TEXT,
    "proxyHash" TEXT,
    CONSTRAINT "Setting_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
INSERT INTO "new_Setting" ("fqdn", "id", "isOn", "teamId") SELECT "fqdn", "id", "isOn", "teamId" FROM "Setting";
DROP TABLE "Setting";
ALTER TABLE "new_Setting" RENAME TO "Setting";
CREATE UNIQUE INDEX "Setting_fqdn_key" ON "Setting"("fqdn");
PRAGMA foreign_key_check("Setting");
PRAGMA foreign_keys=ON;
`,
    `
INSERT INTO "Team" ("id", "name") VALUES ('0', 'Root');
INSERT INTO "Setting" ("id", "fqdn", "teamId") VALUES (7000, 'https://seven', '0');
INSERT INTO "Setting" ("fqdn", "teamId") VALUES ('https://next', '0');
REPLACE INTO "Team" ("id", "name") VALUES ('9', 'Nine'), ('8', 'Eight');
REPLACE INTO "Team" ("id", "name") VALUES ('9', 'Nine again');
`,
    // A constant key that no row of the target has: PostgreSQL refuses it, SQLite does not.
    dance('Setting', '    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    "fqdn" TEXT,\n    "isOn" BOOLEAN NOT NULL DEFAULT false,\n    "minPort" INTEGER NOT NULL DEFAULT 9000,\n    "maxPort" INTEGER NOT NULL DEFAULT 9100,\n    "teamId" TEXT NOT NULL DEFAULT \'missing\',\n    "proxyHash" TEXT,\n    CONSTRAINT "Setting_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team" ("id") ON DELETE RESTRICT ON UPDATE CASCADE', 'INSERT INTO "new_Setting" ("fqdn", "id", "isOn", "maxPort", "minPort", "proxyHash", "teamId") SELECT "fqdn", "id", "isOn", "maxPort", "minPort", "proxyHash", coalesce("teamId", \'missing\') AS "teamId" FROM "Setting";', 'CREATE UNIQUE INDEX "Setting_fqdn_key" ON "Setting"("fqdn");'),
  ),
  history(
    'renamed by hand',
    `
CREATE TABLE "Ship" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "capacity" INTEGER NOT NULL, "hostId" TEXT NOT NULL, CONSTRAINT "Ship_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE "Host" ("id" TEXT NOT NULL PRIMARY KEY, "bio" TEXT);
CREATE TABLE "Review" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "shipId" TEXT NOT NULL, "hostId" TEXT, "stars" REAL, CONSTRAINT "Review_shipId_fkey" FOREIGN KEY ("shipId") REFERENCES "Ship" ("id") ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT "Review_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host" ("id") ON DELETE SET NULL ON UPDATE CASCADE);
CREATE UNIQUE INDEX "Review_shipId_hostId_key" ON "Review"("shipId", "hostId");
`,
    'ALTER TABLE "Review" RENAME COLUMN "shipId" TO "vesselId";\nALTER TABLE "Ship" RENAME capacity to "seats";',
    'ALTER TABLE "Ship" RENAME TO "Vessel";\nALTER TABLE Review ADD COLUMN note TEXT;\nUPDATE Review SET note = CAST(stars AS INTEGER) || \' of \' || (SELECT seats FROM Vessel WHERE Vessel.id = vesselId);',
    'ALTER TABLE "Review" RENAME TO "Opinion";\nINSERT INTO "Opinion" ("vesselId") SELECT id FROM Vessel ORDER BY hex(id);',
    'ALTER TABLE "Vessel" DROP COLUMN "seats";\nDROP INDEX "Review_shipId_hostId_key";\nCREATE INDEX "Opinion_vesselId_idx" ON "Opinion"("vesselId" DESC);',
    // The other order of the dance.
    `
PRAGMA foreign_keys=OFF;
PRAGMA legacy_alter_table=ON;
ALTER TABLE "Host" RENAME TO "old_Host";
CREATE TABLE "Host" ("id" TEXT NOT NULL PRIMARY KEY, "about" TEXT NOT NULL DEFAULT '');
INSERT INTO "Host" ("id", "about") SELECT "id", coalesce("bio", '') FROM "old_Host";
DROP TABLE "old_Host";
PRAGMA legacy_alter_table=OFF;
PRAGMA foreign_keys=ON;
`,
  ),
  history(
    'types that change',
    `
CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "a" TEXT, "b" INTEGER, "c" INTEGER NOT NULL, "d" BOOLEAN NOT NULL DEFAULT true, "e" BOOLEAN, "f" REAL, "g" DATETIME, "h" DATETIME, "i" TEXT, "j" TEXT, "k" BIGINT, "l" DECIMAL, "m" BLOB);
CREATE INDEX "T_a_idx" ON "T"("a");
`,
    dance('T', '    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    "a" INTEGER,\n    "b" TEXT,\n    "c" BOOLEAN NOT NULL,\n    "d" INTEGER NOT NULL DEFAULT 0,\n    "e" TEXT,\n    "f" INTEGER,\n    "g" TEXT,\n    "h" BIGINT,\n    "i" DATETIME,\n    "j" JSONB,\n    "k" INTEGER,\n    "l" REAL,\n    "m" TEXT', 'INSERT INTO "new_T" ("a", "b", "c", "d", "e", "f", "g", "h", "i", "id", "j", "k", "l", "m") SELECT "a", "b", "c", "d", "e", "f", "g", "h", "i", "id", "j", "k", "l", "m" FROM "T";', 'CREATE INDEX "T_a_idx" ON "T"("a");'),
    dance('T', '    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    "a" REAL,\n    "b" BIGINT,\n    "c" TEXT NOT NULL,\n    "d" BOOLEAN NOT NULL DEFAULT true,\n    "e" BOOLEAN,\n    "f" DECIMAL,\n    "h" DATETIME,\n    "k" TEXT', 'INSERT INTO "new_T" ("a", "b", "c", "d", "e", "f", "h", "id", "k") SELECT "a", "b", "c", "d", "e", "f", "h", "id", "k" FROM "T";', 'CREATE INDEX "T_a_idx" ON "T"("a");'),
  ),
  history(
    'keys that change',
    `
CREATE TABLE "Guild" ("id" TEXT NOT NULL PRIMARY KEY, "n" INTEGER NOT NULL, "data" TEXT NOT NULL DEFAULT '{}');
CREATE TABLE "Ticket" ("id" TEXT NOT NULL PRIMARY KEY, "guildId" TEXT NOT NULL, "open" BOOLEAN NOT NULL DEFAULT true, "number" INTEGER NOT NULL, CONSTRAINT "Ticket_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE RESTRICT ON UPDATE CASCADE);
CREATE UNIQUE INDEX "Ticket_guildId_number_key" ON "Ticket"("guildId", "number");
CREATE TABLE "Answer" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "ticketId" TEXT NOT NULL, "value" TEXT, CONSTRAINT "Answer_ticketId_fkey" FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
`,
    dance('Answer', '    "ticketId" TEXT NOT NULL,\n    "id" INTEGER NOT NULL,\n    "value" TEXT,\n\n    PRIMARY KEY ("ticketId", "id"),\n    CONSTRAINT "Answer_ticketId_fkey" FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE', 'INSERT INTO "new_Answer" ("id", "ticketId", "value") SELECT "id", "ticketId", "value" FROM "Answer";'),
    dance('Answer', '    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    "ticketId" TEXT,\n    "value" TEXT,\n    CONSTRAINT "Answer_ticketId_fkey" FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE SET NULL ON UPDATE CASCADE', 'INSERT INTO "new_Answer" ("id", "ticketId", "value") SELECT "id", "ticketId", "value" FROM "Answer";'),
    'INSERT INTO "Answer" ("value") VALUES (\'after the change\');',
    dance('Ticket', '    "id" TEXT NOT NULL PRIMARY KEY,\n    "guildId" TEXT NOT NULL,\n    "open" BOOLEAN NOT NULL DEFAULT true,\n    "number" INTEGER NOT NULL,\n    "topic" TEXT,\n    CONSTRAINT "Ticket_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE', `INSERT INTO "new_Ticket" SELECT id, guildId, "open", number, 'topic ' || number FROM "Ticket" WHERE "open" = 1;`, 'CREATE UNIQUE INDEX "Ticket_guildId_number_key" ON "Ticket"("guildId", "number");'),
  ),
  history(
    'beyond Prisma',
    `
CREATE TABLE tag (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, made TEXT NOT NULL DEFAULT (datetime('now')), seconds INTEGER NOT NULL DEFAULT (unixepoch()), kind TEXT NOT NULL DEFAULT "plain", flags INTEGER NOT NULL DEFAULT 0 CHECK (flags >= 0 AND flags <> 13), "on" BOOLEAN NOT NULL DEFAULT 1 CHECK ("on" IN (0, 1)), raw BLOB DEFAULT X'00ff');
CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tag INTEGER REFERENCES tag ON DELETE SET NULL,
  up INTEGER REFERENCES Item(ID) DEFERRABLE INITIALLY DEFERRED,
  price REAL NOT NULL DEFAULT 0,
  amount INT NOT NULL DEFAULT 1,
  total REAL GENERATED ALWAYS AS (price * amount) STORED,
  used BOOLEAN NOT NULL DEFAULT FALSE,
  note TEXT,
  UNIQUE (tag, note)
);
CREATE TABLE link (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b), FOREIGN KEY (a) REFERENCES tag (id) ON DELETE CASCADE, FOREIGN KEY (b) REFERENCES item (id) ON DELETE CASCADE) WITHOUT ROWID;
CREATE INDEX item_open ON item (note) WHERE used = 0;
CREATE INDEX item_low ON item (lower(note), price DESC);
`,
    `
INSERT INTO tag (name, "on") VALUES ('first', 0), ('second', 1);
INSERT INTO item (tag, price, amount, note) SELECT t.id, 2.5, 3, t.name || '!' FROM tag AS t WHERE t.name IN ('first', 'second') ORDER BY t.name;
WITH cheap AS (SELECT id, price FROM item WHERE price < 1) UPDATE item SET used = 1, note = coalesce(note, 'cheap') WHERE id IN (SELECT id FROM cheap);
UPDATE item SET note = t.name FROM tag AS t WHERE t.id = item.tag AND item.note IS NULL AND t.id <> 0;
INSERT INTO link SELECT t.id, i.id FROM tag t JOIN item i ON i.tag = t.id WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.a = t.id AND l.b = i.id);
`,
    `
CREATE VIEW open_items AS SELECT i.id, upper(i.note) AS note, t.name AS tag FROM item i LEFT JOIN tag t ON t.id = i.tag WHERE NOT i.used;
UPDATE tag SET flags = flags + 1 WHERE id IN (SELECT tag FROM item GROUP BY tag HAVING count(*) > 0);
INSERT INTO tag (id, name) VALUES (1, 'first') ON CONFLICT (name) DO UPDATE SET flags = tag.flags + 10, kind = 'met ' || excluded.name;
INSERT INTO tag (name) VALUES ('second') ON CONFLICT DO NOTHING;
DELETE FROM item WHERE id = (SELECT max(id) FROM item) AND price > 1e9;
`,
    `ALTER TABLE item ADD COLUMN extra TEXT;
UPDATE item SET extra = CASE WHEN total > 5 THEN 'dear' WHEN price BETWEEN 0 AND 1 THEN 'cheap' ELSE printable END FROM (SELECT 'middling' AS printable);
ALTER TABLE item RENAME COLUMN note TO remark;`,
  ),
  history(
    'names and documents',
    `
CREATE TABLE "Ünïcode Täble" ("Größe" INTEGER NOT NULL PRIMARY KEY, "select" TEXT NOT NULL DEFAULT 'x', "a column whose name is so long that no index name fits" TEXT);
CREATE UNIQUE INDEX "Ünïcode Täble_a column whose name is so long that no index name fits_key" ON "Ünïcode Täble"("a column whose name is so long that no index name fits");
CREATE TABLE "Doc" ("id" TEXT NOT NULL PRIMARY KEY, "data" JSONB, "text" TEXT NOT NULL DEFAULT '{}', "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "big" INTEGER NOT NULL, CONSTRAINT "Doc_big_fkey" FOREIGN KEY ("big") REFERENCES "Ünïcode Täble" ("Größe") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX "Doc_big_at_idx" ON "Doc"("big" DESC, "at" ASC);
`,
    `
INSERT INTO "Ünïcode Täble" VALUES (41, 'it''s', 'long'), (42, char(9731), NULL);
INSERT INTO "Doc" ("id", "data", "text", "at", "big") VALUES ('d1', '{"a":{"b":[1,2]},"c":"x"}', '{"k":"v"}', '2021-02-03T04:05:06.789+02:00', 41), ('d2', json_object('n', 1), 'no json', 1612325106789, 42);
UPDATE "Doc" SET "text" = json_extract("data", '$.c') WHERE "id" = 'd1';
UPDATE "Doc" SET "at" = datetime("at", '+1 day') WHERE "id" = 'd2' AND 1 = 0;
UPDATE "Doc" SET "text" = strftime('%Y-%m', '2021-02-03 04:05:06') || '|' || substr("text", 2) || '|' || instr("text", 'k') WHERE "id" = 'd2';
`,
    dance('Doc', `    "id" TEXT NOT NULL PRIMARY KEY,\n    "data" JSONB,\n    "label" TEXT NOT NULL DEFAULT 'none',\n    "year" INTEGER,\n    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,\n    "big" INTEGER NOT NULL,\n    CONSTRAINT "Doc_big_fkey" FOREIGN KEY ("big") REFERENCES "Ünïcode Täble" ("Größe") ON DELETE CASCADE ON UPDATE CASCADE`, `INSERT INTO "new_Doc" ("at", "big", "data", "id", "label", "year") SELECT "at", "big", "data", "id", CASE WHEN length("text") > 4 THEN substr("text", 1, 4) || '…' ELSE nullif("text", '') || '' END, "big" % 10 + round(2.5) FROM "Doc" WHERE "text" <> '';`, 'CREATE INDEX "Doc_big_at_idx" ON "Doc"("big" DESC, "at" ASC);'),
  ),
];
