// The schema's own words for what the database calls by its names: models, fields, and where they stand.

import { clipName } from '../sql/quote.ts';
import type { Project } from './project.ts';
import { positionOf, type Position, type PslBlock, type PslFile } from './psl.ts';

export interface SchemaNames {
  /** Model or enum, and field, by the database's names; `column` `null` for the whole. */
  readonly locate: (schema: string, table: string, column: string | null) => { readonly words: string; readonly where: Position } | null;
  /** The name without `@@map` or `@map`; `null` where nothing is mapped. */
  readonly unmapped: (schema: string, table: string, column: string | null) => string | null;
}

interface Named {
  readonly file: PslFile;
  readonly block: PslBlock;
}

const BLOCKS: ReadonlySet<string> = new Set(['model', 'enum', 'view']);

/** `display` turns an absolute path into the one people see. */
export function schemaNames({ schema, display }: Pick<Project, 'schema' | 'display'>): SchemaNames {
  let index: ReadonlyMap<string, Named> | undefined;
  const find = (schemaName: string, table: string) => {
    index ??= indexBlocks(schema.files);
    return index.get(`${schemaName}\0${table}`) ?? index.get(`\0${table}`);
  };
  const fieldOf = ({ block }: Named, column: string) => block.fields.find((field) => clipName(field.map ?? field.name) === column);
  return {
    locate(schemaName, table, column) {
      const found = find(schemaName, table);
      if (found === undefined) return null;
      const field = column === null ? undefined : fieldOf(found, column);
      if (column !== null && field === undefined) return null;
      const where = positionOf(found.file, field?.at ?? found.block.at);
      return { words: field ? `${found.block.name}.${field.name}` : found.block.name, where: { ...where, file: display(where.file) } };
    },
    unmapped(schemaName, table, column) {
      const found = find(schemaName, table);
      if (found === undefined) return null;
      if (column === null) return found.block.map === null ? null : found.block.name;
      const field = fieldOf(found, column);
      return field?.map ? field.name : null;
    },
  };
}

function indexBlocks(files: readonly PslFile[]): ReadonlyMap<string, Named> {
  const index = new Map<string, Named>();
  for (const file of files) {
    for (const block of file.blocks) {
      if (BLOCKS.has(block.kind)) index.set(`${block.schema ?? ''}\0${clipName(block.map ?? block.name)}`, { file, block });
    }
  }
  return index;
}
