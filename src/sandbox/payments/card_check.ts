import { declined } from '../engine/refusal.ts'
import { type TestCard, testCards } from './cards.ts'

/** The test card of this number, if it was typed as a bank would take it. Refuses what Stripe refuses. */
export function checkCard(number: string, month: number, year: number, cvc: string | undefined): TestCard {
  const wrong = (
    code: 'incorrect_number' | 'invalid_expiry_month' | 'invalid_expiry_year' | 'invalid_cvc',
    param: string,
    message: string,
  ) => declined(message, { code, param })
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number))
    throw wrong('incorrect_number', 'number', 'Your card number is incorrect.')
  if (month < 1 || month > 12)
    throw wrong('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  const today = new Date()
  const past = year * 12 + month < today.getFullYear() * 12 + today.getMonth() + 1
  if (past || year > today.getFullYear() + 50) {
    throw wrong('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.")
  }
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc))
    throw wrong('invalid_cvc', 'cvc', "Your card's security code is invalid.")
  const known = testCards[number]
  if (!known) {
    throw declined(
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      {
        code: 'card_declined',
        decline_code: 'test_mode_live_card',
      },
    )
  }
  return known
}

function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (1 + (index % 2))
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
