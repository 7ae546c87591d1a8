export const TABLES: readonly string[];
export function postgresDdl(): string;
export function makeSqlite(path: string, rows: number): void;
