import { invalid } from '../engine/refusal.ts'

// https://docs.stripe.com/currencies, counted as Stripe counts them in charges.
const zeroDecimal = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ')
const threeDecimal = 'bhd jod kwd omr tnd'.split(' ')
const hundreds = ['isk', 'ugx']
const others = (
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc ' +
  'cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd ' +
  'kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php ' +
  'pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs ' +
  'wst xcd yer zar zmw'
).split(' ')
const supported = new Set([...zeroDecimal, ...threeDecimal, ...hundreds, ...others])

const minimum: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
}
const maximum = 99_999_999

/** Refuses a currency Stripe does not know; answers it in lower case. */
export function checkCurrency(text: string): string {
  const currency = text.toLowerCase()
  if (supported.has(currency)) return currency
  throw invalid(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...supported].sort().join(', ')}`,
    { param: 'currency' },
  )
}

/** Refuses an amount (minor units) that Stripe would not charge in this currency. */
export function checkAmount(amount: number, currency: string): void {
  const least = minimum[currency] ?? 1
  if (amount < least) {
    throw invalid(`Amount must be at least ${shown(least, currency)}`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  }
  if (amount > maximum) {
    throw invalid(`Amount must be no more than ${shown(maximum, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    })
  }
  const step = stepsOf(currency)
  if (amount % step !== 0) {
    throw invalid(`Invalid amount: amounts in ${currency} must be divisible by ${step}`, {
      code: 'invalid_charge_amount',
      param: 'amount',
    })
  }
}

/** The smallest step that an amount can take, in minor units. */
export const stepsOf = (currency: string): number =>
  hundreds.includes(currency) ? 100 : threeDecimal.includes(currency) ? 10 : 1

const signs: Record<string, string> = { eur: '€', gbp: '£', jpy: '¥', usd: '$' }

/** `$0.50 usd`, as Stripe's messages say an amount. */
export function shown(amount: number, currency: string): string {
  const digits = zeroDecimal.includes(currency) ? 0 : threeDecimal.includes(currency) ? 3 : 2
  const text = (amount / 10 ** digits).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return `${signs[currency] ?? ''}${text} ${currency}`
}
