// The one table of what a catalog models. A kind added here fails to compile until every table derived from it handles it.

export type RefAction = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT';

export interface IndexKey {
  /** A column name, or an expression as PostgreSQL prints it. */
  readonly column?: string;
  readonly expression?: string;
  /** Operator class by name; `null` where nothing was said and PostgreSQL's default for the type applies. */
  readonly opclass: string | null;
  /** The name in `opclass` is the type's default, so saying it or not means the same. */
  readonly opclassIsDefault?: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly collation: string | null;
}

interface Kinds {
  schema: { ref: SchemaRef; def: Readonly<Record<never, never>> };
  extension: { ref: NamedRef; def: { readonly schema: string | null; readonly version: string | null } };
  enum: { ref: InSchemaRef; def: { readonly labels: readonly string[] } };
  sequence: {
    ref: InSchemaRef;
    def: {
      readonly type: string;
      readonly start: string;
      readonly increment: string;
      readonly min: string;
      readonly max: string;
      readonly cache: string;
      readonly cycle: boolean;
    };
  };
  table: { ref: InSchemaRef; def: { readonly partitioned: boolean; readonly unlogged: boolean } };
  column: {
    ref: InTableRef;
    def: {
      /** Canonical text, see catalog/types.ts. */
      readonly type: string;
      readonly notNull: boolean;
      /** An expression relative to the home schema; `null` also where `autoincrement` or `generated` says it. */
      readonly default: string | null;
      /** Filled by a sequence: serial, identity, or a `nextval` default. */
      readonly autoincrement: boolean;
      readonly identity: 'ALWAYS' | 'BY DEFAULT' | null;
      /** The sequence behind a `nextval` default, `schema` `null` for the home schema. */
      readonly sequence: { readonly schema: string; readonly name: string } | null;
      readonly generated: string | null;
      readonly collation: string | null;
    };
  };
  primaryKey: { ref: OfTableRef; def: { readonly name: string; readonly columns: readonly string[]; readonly deferrable: boolean } };
  index: {
    ref: InTableRef;
    def: {
      readonly unique: boolean;
      /** Owned by a UNIQUE constraint of the same name. */
      readonly constraint: boolean;
      readonly method: string;
      readonly keys: readonly IndexKey[];
      readonly include: readonly string[];
      readonly predicate: string | null;
      readonly nullsNotDistinct: boolean;
      readonly deferrable: boolean;
      readonly valid: boolean;
    };
  };
  foreignKey: {
    ref: InTableRef;
    def: {
      readonly columns: readonly string[];
      readonly targetSchema: string;
      readonly targetTable: string;
      readonly targetColumns: readonly string[];
      readonly onDelete: RefAction;
      readonly onUpdate: RefAction;
      readonly match: 'SIMPLE' | 'FULL';
      readonly deferrable: boolean;
      readonly validated: boolean;
      readonly enforced: boolean;
    };
  };
  comment: { ref: CommentRef; def: { readonly text: string } };
}

interface SchemaRef {
  readonly name: string;
}
interface NamedRef {
  readonly name: string;
}
interface InSchemaRef {
  readonly schema: string;
  readonly name: string;
}
interface OfTableRef {
  readonly schema: string;
  readonly table: string;
}
interface InTableRef {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
}
interface CommentRef {
  readonly schema: string;
  readonly on: 'table' | 'column' | 'enum' | 'schema';
  readonly table: string;
  readonly name: string;
}

export type Kind = keyof Kinds;
export type RefOf<K extends Kind> = Kinds[K]['ref'] & { readonly kind: K };
export type DefOf<K extends Kind> = Kinds[K]['def'];
export type Ref = { [K in Kind]: RefOf<K> }[Kind];
type AnyObject = { [K in Kind]: { readonly kind: K; readonly ref: RefOf<K>; readonly def: DefOf<K> } }[Kind];
export type CatalogObject<K extends Kind = Kind> = Extract<AnyObject, { readonly kind: K }>;

export type Column = DefOf<'column'>;
export type Index = DefOf<'index'>;
export type ForeignKey = DefOf<'foreignKey'>;
export type PrimaryKey = DefOf<'primaryKey'>;

/** Every kind once, in the order in which a database can be built. */
export const KINDS = ['schema', 'extension', 'enum', 'sequence', 'table', 'column', 'primaryKey', 'index', 'foreignKey', 'comment'] as const satisfies readonly Kind[];

type Missing = Exclude<Kind, (typeof KINDS)[number]>;
const complete: [Missing] extends [never] ? true : Missing = true;
void complete;
