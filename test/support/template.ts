// The one migration of Shopify's app template, byte for byte as it was published, three times.

const USER_COLUMNS = ['"firstName" TEXT', '"lastName" TEXT', '"email" TEXT', '"accountOwner" BOOLEAN NOT NULL DEFAULT false', '"locale" TEXT', '"collaborator" BOOLEAN DEFAULT false', '"emailVerified" BOOLEAN DEFAULT false'];
const REFRESH_COLUMNS = ['"refreshToken" TEXT', '"refreshTokenExpires" DATETIME'];

function text(...columns: readonly string[]): string {
  return `-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" DATETIME,
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT${columns.map((column) => `,\n    ${column}`).join('')}
);
`;
}

export interface Published {
  readonly year: string;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the published file: the proof that the text is that one. */
  readonly checksum: string;
}

export const PUBLISHED: readonly Published[] = [
  { year: '2023', name: '20230615155147_create_session_table', sql: text(), checksum: 'acf1847c496a32390416abd2937d3453e1f7ad401492f193faaf6a8706ea551c' },
  { year: '2024', name: '20240530213853_create_session_table', sql: text(...USER_COLUMNS), checksum: '6dda377f29061cd87d8ff7475239634f43487b670ce351e14330f314713b1e2b' },
  { year: '2025', name: '20240530213853_create_session_table', sql: text(...USER_COLUMNS, ...REFRESH_COLUMNS), checksum: '8677da9a1a11ad0e28f15eb9537b4142aeb1a990893dd8fd9cc2d37385559ecb' },
];
