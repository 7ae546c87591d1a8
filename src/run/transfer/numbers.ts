// Numbers as PostgreSQL prints them, without a rounding on the way.

/** A decimal number: `digits` without leading zeros ('' for zero), the last `scale` of them behind the point. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** As numeric_in reads it; `null` for what is no number. */
export function parseDecimal(text: string): Decimal | null {
  const [, sign, whole = '', fraction = '', exponent = '0'] = FORM.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return null;
  const shift = fraction.length - Number(exponent);
  const digits = (whole + fraction + '0'.repeat(shift < 0 ? -shift : 0)).replace(/^0+/, '');
  return { negative: sign === '-' && digits !== '', digits, scale: Math.max(shift, 0) };
}

export function printDecimal({ negative, digits, scale }: Decimal): string {
  const padded = digits.padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${padded.slice(0, padded.length - scale)}${scale === 0 ? '' : `.${padded.slice(-scale)}`}`;
}

/** PostgreSQL's own bounds of numeric. */
const MOST_BEFORE_POINT = 131_072;
const MOST_BEHIND_POINT = 16_383;

export function fits({ digits, scale }: Decimal): boolean {
  return digits.length - scale <= MOST_BEFORE_POINT && scale <= MOST_BEHIND_POINT;
}

/** With exactly `scale` digits behind the point; `null` where that would round. */
export function rescaled({ negative, digits, scale }: Decimal, to: number): Decimal | null {
  if (scale <= to) return { negative, digits: digits === '' ? '' : digits + '0'.repeat(to - scale), scale: to };
  const lost = scale - to;
  const kept = digits.length > lost ? digits.slice(0, -lost) : '';
  return /^0*$/.test(digits.slice(kept.length)) ? { negative: negative && kept !== '', digits: kept, scale: to } : null;
}

/** Whether two texts are one number. */
export function sameNumber(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => {
    const decimal = parseDecimal(text);
    if (decimal === null) return text;
    const bare = decimal.digits.replace(/0+$/, '');
    return `${decimal.negative ? '-' : ''}${bare}e${bare === '' ? 0 : decimal.digits.length - bare.length - decimal.scale}`;
  });
  return one === other;
}

const view = new DataView(new ArrayBuffer(8));
const [ofDouble, ofSingle] = [new Uint8Array(view.buffer), new Uint8Array(view.buffer, 0, 4)];

/** As float8send and float4send have them; to be read before the next call. */
export function float8Bytes(value: number): Uint8Array {
  view.setFloat64(0, value);
  return ofDouble;
}

export function float4Bytes(value: number): Uint8Array {
  view.setFloat32(0, value);
  return ofSingle;
}

/** A double that has a name in single precision: 0.1 is stored as 0.1 in both, though their bits differ. */
export function fitsFloat4(value: number): boolean {
  const single = Math.fround(value);
  if (single === value || Number.isNaN(value)) return true;
  if (!Number.isFinite(single) || single === 0) return false;
  for (let digits = 6; digits <= 9; digits++) if (Number(single.toPrecision(digits)) === value) return true;
  return false;
}
