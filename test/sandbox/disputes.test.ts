import { expect, test } from 'vitest'
import { merchant, refusal } from './client.ts'
import { pay, typesOf } from './paying.ts'

test.each([
  ['winning_evidence', 'won', 'charge.dispute.funds_reinstated', 1999],
  ['losing_evidence', 'lost', 'charge.dispute.closed', 0],
])('a dispute with %s is %s', async (uncategorized_text, status, last, left) => {
  const stripe = merchant()
  const intent = await pay(stripe, '4000000000000259', { expand: ['latest_charge'] })
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data
  expect(dispute).toMatchObject({
    object: 'dispute',
    amount: 1999,
    reason: 'fraudulent',
    status: 'needs_response',
  })
  expect(await stripe.charges.retrieve(dispute!.charge as string)).toMatchObject({ disputed: true })
  expect((await refusal(stripe.refunds.create({ payment_intent: intent.id }))).code).toBe('charge_disputed')
  const draft = await stripe.disputes.update(dispute!.id, {
    evidence: { customer_name: 'Ada' },
    submit: false,
  })
  expect(draft).toMatchObject({
    status: 'needs_response',
    evidence: { customer_name: 'Ada' },
    evidence_details: { has_evidence: true, submission_count: 0 },
  })
  const closed = await stripe.disputes.update(dispute!.id, { evidence: { uncategorized_text } })
  expect(closed).toMatchObject({ status, evidence_details: { submission_count: 1 } })
  const moved = closed.balance_transactions.reduce((sum, { amount }) => sum + amount, 1999)
  expect(moved).toBe(left)
  const types = await typesOf(stripe)
  expect(types).toEqual(
    expect.arrayContaining([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.closed',
    ]),
  )
  expect(types.at(-1)).toBe(last)
  expect((await refusal(stripe.disputes.close(dispute!.id))).message).toBe('This dispute is already closed')
})
