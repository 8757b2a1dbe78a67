/** An amount in the currency's minor unit as Stripe counts it, with its lower-case ISO code. */
type Money = { amount: number; currency: string }

// https://docs.stripe.com/currencies: how Stripe counts, which ISO 4217 and Intl do not always share.
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ')
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ')
/** Sent to Stripe with two decimals for reasons of history, but the decimals are always 00. */
const WHOLE_UNITS_ONLY = 'isk ugx'.split(' ')
const TWO_DECIMAL = (
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny ' +
  'cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd ' +
  'kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok ' +
  'npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top ' +
  'try ttd twd tzs uah usd uyu uzs wst xcd xcg yer zar zmw'
).split(' ')

const DECIMALS = new Map<string, number>([
  ...ZERO_DECIMAL.map(code => [code, 0] as const),
  ...[...TWO_DECIMAL, ...WHOLE_UNITS_ONLY].map(code => [code, 2] as const),
  ...THREE_DECIMAL.map(code => [code, 3] as const),
])

// The least Stripe charges, in minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
const MINIMUM = new Map<string, number>([
  ...'usd aud brl cad chf eur inr nzd sgd'.split(' ').map(code => [code, 50] as const),
  ['gbp', 30],
  ...'aed myr pln ron'.split(' ').map(code => [code, 200] as const),
  ['bgn', 100],
  ['dkk', 250],
  ['nok', 300],
  ['sek', 300],
  ['hkd', 400],
  ['mxn', 1000],
  ['thb', 1000],
  ['czk', 1500],
  ['huf', 17500],
  ['jpy', 50],
])

/** The most Stripe charges in most currencies, in minor units. */
export const MAXIMUM_CHARGE = 99_999_999

export const CURRENCIES: readonly string[] = [...DECIMALS.keys()].sort()

export const isCurrency = (code: string): boolean => DECIMALS.has(code)

/** How many decimals Stripe counts for a currency. Throws for a currency Stripe does not know. */
export function decimalsOf(currency: string): number {
  const decimals = DECIMALS.get(currency)
  if (decimals === undefined) throw new RangeError(`unknown currency ${currency}`)
  return decimals
}

/** The smallest step an amount can take, in minor units: 10 where the third decimal must be 0, 100 for ISK and UGX. */
export function stepOf(currency: string): number {
  if (WHOLE_UNITS_ONLY.includes(currency)) return 100
  return decimalsOf(currency) === 3 ? 10 : 1
}

/** The least that can be charged, in minor units; 1 where Stripe names no minimum. */
export const minimumCharge = (currency: string): number => MINIMUM.get(currency) ?? 1

/**
 * Reads an exact decimal ("12.99") as minor units. Refuses rather than rounds: undefined for anything that is
 * not a plain decimal number, has more decimals than the currency, or would not be a safe integer.
 */
export function parseDecimal(text: string, currency: string): number | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text)
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  const decimals = decimalsOf(currency)
  if (fraction.length > decimals) return undefined
  const amount = Number(whole + fraction.padEnd(decimals, '0'))
  return Number.isSafeInteger(amount) && amount % stepOf(currency) === 0 ? amount : undefined
}

/** Minor units as an exact decimal string ("12.99"), without a currency sign. */
export function toDecimal({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency)
  if (decimals === 0) return String(amount)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

const formatters = new Map<string, Intl.NumberFormat>()

/** Money as a shopper reads it in their language ("12,99 €"): Stripe's decimals, not Intl's. */
export function formatMoney(money: Money, locale: string): string {
  const key = `${locale} ${money.currency}`
  let formatter = formatters.get(key)
  if (!formatter) {
    const digits = WHOLE_UNITS_ONLY.includes(money.currency) ? 0 : decimalsOf(money.currency)
    formatter = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency.toUpperCase(),
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formatters.set(key, formatter)
  }
  // A string keeps every digit: Intl formats exact decimals, and no float ever sees the amount.
  return formatter.format(toDecimal(money) as Intl.StringNumericLiteral)
}
