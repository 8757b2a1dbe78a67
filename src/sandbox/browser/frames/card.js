// First digits → brand, number of digits, digits of the security code. The ranges are public knowledge.
const brands = [
  { brand: 'amex', name: 'American Express', starts: /^3[47]/, length: 15, cvc: 4, groups: [4, 6, 5] },
  {
    brand: 'diners',
    name: 'Diners Club',
    starts: /^3(?:0[0-5]|[689])/,
    length: 14,
    cvc: 3,
    groups: [4, 6, 4],
  },
  { brand: 'jcb', name: 'JCB', starts: /^35/, length: 16, cvc: 3 },
  { brand: 'visa', name: 'Visa', starts: /^4/, length: 16, cvc: 3 },
  { brand: 'mastercard', name: 'Mastercard', starts: /^(?:5[1-5]|2[2-7])/, length: 16, cvc: 3 },
  { brand: 'discover', name: 'Discover', starts: /^(?:6011|64[4-9]|65)/, length: 16, cvc: 3 },
  { brand: 'unionpay', name: 'UnionPay', starts: /^62/, length: 16, cvc: 3 },
]
const unknown = { brand: 'unknown', name: '', length: 16, cvc: 3 }

/** Only the digits of what was typed or pasted. */
export const digitsOf = text => text.replace(/\D/g, '')

/** The brand a card number begins like. */
export const brandOf = number => brands.find(({ starts }) => starts.test(number)) ?? unknown

/** The check digit rule of ISO/IEC 7812-1 (Luhn). */
export function passesLuhn(number) {
  let sum = 0
  for (const [index, digit] of [...number].reverse().entries()) {
    const doubled = Number(digit) * (1 + (index % 2))
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** `4242424242424242` as it is printed on the card: `4242 4242 4242 4242`. */
export function spaced(number) {
  const { groups = [4, 4, 4, 4], length } = brandOf(number)
  let rest = number.slice(0, length)
  const parts = []
  for (const size of groups) {
    if (rest) parts.push(rest.slice(0, size))
    rest = rest.slice(size)
  }
  return parts.join(' ')
}

/** Why this number cannot be charged, as Stripe.js's code, or null. */
export function numberProblem(number) {
  if (number.length < brandOf(number).length) return 'incomplete_number'
  return passesLuhn(number) ? null : 'invalid_number'
}

/** `1`, `12`, `123`, `12 / 34`, `12/2034` → `{month, year}` as far as typed. */
export function parseExpiry(text) {
  let digits = digitsOf(text)
  if (/^[2-9]/.test(digits) || /^1\s*\//.test(text)) digits = `0${digits}`
  const year = digits.slice(2)
  return { month: digits.slice(0, 2), year: year.length === 4 ? year.slice(2) : year.slice(0, 2) }
}

/** Why this expiry date cannot be right, or null. A card is good through the end of its month. */
export function expiryProblem(text, now = new Date()) {
  const { month, year } = parseExpiry(text)
  if (month.length < 2 || year.length < 2) return 'incomplete_expiry'
  if (Number(month) < 1 || Number(month) > 12) return 'invalid_expiry_month'
  const age = 2000 + Number(year) - now.getFullYear()
  if (age < 0) return 'invalid_expiry_year_past'
  return age === 0 && Number(month) < now.getMonth() + 1 ? 'invalid_expiry_month_past' : null
}

/** Why this IBAN cannot be right, or null (ISO 13616: moved four, letters as numbers, modulo 97). */
export function ibanProblem(text) {
  const iban = text.replace(/\s/g, '').toUpperCase()
  if (iban.length < 15) return 'incomplete_iban'
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return 'invalid_iban'
  const turned = iban.slice(4) + iban.slice(0, 4)
  const numeric = turned.replace(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return BigInt(numeric) % 97n === 1n ? null : 'invalid_iban'
}
