// Steps → one DO block. It looks at everything first and returns without a lock or a write when all is as promised; else it
// takes Prisma's lock and the tables' locks without queueing for long, looks again, acts, and looks a last time: what it cannot
// bring about it says by name, and undoes the rest.
//
// A block is one statement to every runner: Prisma from 7.4 on, which commits statement by statement, cannot tear it apart.

import { tableOf } from '../catalog/catalog.ts';
import { indentLines, indentSql } from '../sql/indent.ts';
import { commentText, quoteBody, quoteText } from '../sql/quote.ts';
import { labelOf, lookSql, promisesOf } from './look.ts';
import { nameOf, titleOf, type Naming } from './naming.ts';
import { ORDER, type Statement, type Step } from './types.ts';

/** Prisma Migrate's advisory lock (schema-engine, PostgreSQL connector). */
export const PRISMA_LOCK = 72707369;

/** One try at a lock is shorter than deadlock_timeout (1 s), and so never ends another session's index build. */
const LOCK_TIMEOUT = '400ms';
const LOCK_TRIES = 40;

/** `terse` leaves out what each step would say of a database nobody has looked at. */
export function renderBlock(steps: readonly Step[], naming: Naming, terse = false): string {
  const body = `#variable_conflict use_column
DECLARE
  home CONSTANT text := ${naming.qualified ? quoteText(naming.home) : `coalesce(pg_catalog.current_schema()::text, ${quoteText(naming.home)})`};
  caller CONSTANT text[] := ARRAY[pg_catalog.current_setting('search_path'), pg_catalog.current_setting('timezone'), pg_catalog.current_setting('lock_timeout')];
  unmet text[];    -- promises that are not kept yet
  earlier text[];
  broken text;     -- the right name with the wrong shape
  locks text[];
  target text;
BEGIN
  FOR pass IN 1..9 LOOP
    -- Look. This reads the catalog and locks nothing.
    PERFORM pg_catalog.set_config('search_path', pg_catalog.quote_ident(home), true), pg_catalog.set_config('timezone', 'UTC', true);
${indentLines(lookSql(promisesOf(steps, naming), naming), 4)}
    PERFORM pg_catalog.set_config('search_path', caller[1], true), pg_catalog.set_config('timezone', caller[2], true);

    IF broken IS NOT NULL THEN
      RAISE EXCEPTION USING MESSAGE = pg_catalog.concat('prisma-mend changed nothing: ', broken);
    ELSIF unmet IS NULL THEN
      PERFORM pg_catalog.set_config('lock_timeout', caller[3], true);
      RETURN;
    ELSIF unmet = earlier THEN
      RAISE EXCEPTION USING MESSAGE = pg_catalog.concat('prisma-mend changed nothing, because this would still be missing: ', pg_catalog.array_to_string(unmet, ', '));
    END IF;

    -- Something is to do. Take the locks, then look once more.
    IF pass = 1 THEN
${indentLines(LOCKING, 6)}
      CONTINUE;
    END IF;
    earlier := unmet;

${terse ? terseSteps(steps, naming) : steps.map((step) => indentSql(`${comment(step)}${stepSql(step, naming)}`, 4)).join('\n\n')}
  END LOOP;
END`;
  return `DO ${quoteBody(body)};\n`;
}

/** Prisma's lock is asked for, not waited for: somebody who waits for it and a concurrent index build would deadlock. */
const LOCKING = `FOR attempt IN 1..${LOCK_TRIES} LOOP
  EXIT WHEN pg_catalog.pg_try_advisory_xact_lock(${PRISMA_LOCK});
  IF attempt = ${LOCK_TRIES} THEN
    RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = 'prisma-mend changed nothing: another migration is running (it holds Prisma''s lock)';
  END IF;
  PERFORM pg_catalog.pg_sleep(0.25);
END LOOP;
FOR attempt IN 1..${LOCK_TRIES} LOOP
  BEGIN
    PERFORM pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT}', true);
    FOREACH target IN ARRAY coalesce(locks, '{}') LOOP
      EXECUTE pg_catalog.concat('LOCK TABLE ', target, ' MODE');
    END LOOP;
    EXIT;
  EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    IF attempt = ${LOCK_TRIES} THEN RAISE; END IF;
  END;
  PERFORM pg_catalog.pg_sleep(LEAST(attempt * 0.05, 1.0));
END LOOP;`;

function comment(step: Step): string {
  return `-- ${commentText(`${step.title} ${step.because}`)}\n`;
}

/** One heading a table, and short steps on one line. */
function terseSteps(steps: readonly Step[], naming: Naming): string {
  const lines: string[] = [];
  let heading: string | null = '';
  for (const step of steps) {
    const table = tableOf(step.ref);
    const next = table === null || step.order === ORDER.foreignKey ? null : titleOf(naming.home, table.schema, table.table);
    if (next !== heading) lines.push(`\n    -- ${commentText(next ?? (step.order === ORDER.foreignKey ? 'foreign keys' : 'schemas and types'))}`);
    heading = next;
    const sql = stepSql(step, naming);
    const line = sql.replace(/\n */g, ' ');
    lines.push(sql.split('\n').length === 3 && line.length <= 200 ? `    ${line}` : indentSql(sql, 4));
  }
  return lines.join('\n').replace(/^\n/, '');
}

function stepSql(step: Step, naming: Naming): string {
  const labels = step.promises.map((one) => quoteText(labelOf(one, naming)));
  const condition = labels.length === 1 ? `${labels[0]} = ANY (unmet)` : `unmet && ARRAY[${labels.join(', ')}]`;
  const statements = [...(step.needsEmpty ? [emptyCheck(step.needsEmpty, naming)] : []), ...(step.replaces ? [statementSql(step.replaces)] : []), ...step.statements.map(statementSql)];
  return `IF ${condition} THEN\n${indentSql(statements.join('\n'), 2)}\nEND IF;`;
}

function statementSql(statement: Statement): string {
  return 'ddl' in statement ? `${statement.ddl};` : `PERFORM ${statement.call};`;
}

function emptyCheck({ schema, table, message, hint }: NonNullable<Step['needsEmpty']>, naming: Naming): string {
  return `IF EXISTS (SELECT FROM ${nameOf(naming, schema, table)}) THEN
  RAISE EXCEPTION USING MESSAGE = ${quoteText(`prisma-mend changed nothing: ${message}`)}, HINT = ${quoteText(hint)};
END IF;`;
}

/** A last look alone, to end a script of plain statements with: raises what is not as promised. */
export function renderVerification(steps: readonly Step[], naming: Naming): string {
  const body = `DECLARE
  home CONSTANT text := ${naming.qualified ? quoteText(naming.home) : `coalesce(pg_catalog.current_schema()::text, ${quoteText(naming.home)})`};
  caller CONSTANT text[] := ARRAY[pg_catalog.current_setting('search_path'), pg_catalog.current_setting('timezone')];
  unmet text[];
  broken text;
  locks text[];
BEGIN
  PERFORM pg_catalog.set_config('search_path', pg_catalog.quote_ident(home), true), pg_catalog.set_config('timezone', 'UTC', true);
${indentLines(lookSql(promisesOf(steps, naming), naming), 2)}
  PERFORM pg_catalog.set_config('search_path', caller[1], true), pg_catalog.set_config('timezone', caller[2], true);
  IF unmet IS NOT NULL OR broken IS NOT NULL THEN
    RAISE EXCEPTION USING MESSAGE = pg_catalog.concat('prisma-mend: not as promised: ', pg_catalog.concat_ws('; ', broken, pg_catalog.array_to_string(unmet, ', ')));
  END IF;
END`;
  return `DO ${quoteBody(body)};\n`;
}
