import { expect, test } from 'vitest'
import { merchant, refusal } from './client.ts'

test('customers are kept, changed, found and deleted', async () => {
  const stripe = merchant()
  const made = await stripe.customers.create({ email: 'ada@shop.example', payment_method: 'pm_card_visa' })
  const method = (await stripe.paymentMethods.list({ customer: made.id })).data[0]!
  expect(method).toMatchObject({ customer: made.id, type: 'card' })
  expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull()
  const changed = await stripe.customers.update(made.id, { name: 'Ada', address: { country: 'GB' } })
  expect(changed).toMatchObject({
    name: 'Ada',
    email: 'ada@shop.example',
    address: { country: 'GB', city: null },
  })
  const [event] = (await stripe.events.list({ type: 'customer.updated' })).data
  expect(event!.data.previous_attributes).toEqual({ name: null, address: null })
  expect(await stripe.customers.del(made.id)).toEqual(
    expect.objectContaining({ id: made.id, object: 'customer', deleted: true }),
  )
  expect((await refusal(stripe.customers.retrieve(made.id))).code).toBe('resource_missing')
})
