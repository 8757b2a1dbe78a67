import { formatMoney } from '../../../lib/money.ts'

/** Minor units as people read them, in the language of the page. */
export const money = (amount: number, currency: string, locale = 'en'): string =>
  formatMoney({ amount, currency }, locale)
