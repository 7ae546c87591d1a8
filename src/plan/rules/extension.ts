import { quoteName, quoteText } from '../../sql/quote.ts';
import { promise } from '../promises.ts';
import { step, withhold, type Rule } from '../rule.ts';
import { ORDER } from '../types.ts';

export const extension: Rule<'extension'> = {
  create: ({ ref, def }) => {
    const schema = def.schema === null ? '' : ` WITH SCHEMA ${quoteName(def.schema)}`;
    const version = def.version === null ? '' : ` VERSION ${quoteText(def.version)}`;
    return [
      step({
        ref,
        what: `extension ${ref.name}`,
        because: 'is missing',
        statements: [`CREATE EXTENSION IF NOT EXISTS ${quoteName(ref.name)}${schema}${version}`],
        promises: [promise('extension', { schema: '', table: '', name: ref.name }, 'extension')],
        order: ORDER.extension,
        repeatable: true,
      }),
    ];
  },
  alter: ({ before, after, fields }) => {
    const words = fields.map((field) => (field === 'version' ? `version ${before.def.version} instead of ${after.def.version}` : `schema ${before.def.schema} instead of ${after.def.schema}`));
    return [withhold({ ref: after.ref, what: `extension ${after.ref.name}`, hazard: 'EXTENSION_CHANGED', reason: `has ${words.join(' and ')}`, flag: null, harmless: true })];
  },
};
