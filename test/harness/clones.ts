type Query = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>

export type Clone = { order_id: string; payment_intent: string }

/**
 * Copies an order on which somebody pressed pay, `count` times, each with a PaymentIntent of its own that Stripe
 * knows nothing of: many orders in two statements, whatever columns they have. No sweeper asks about them.
 */
export async function cloneOrders(query: Query, orderId: string, count: number): Promise<Clone[]> {
  const { rows } = await query(
    `insert into orders
     select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'status', 'pending',
       'confirmation_code', n || '-' || substr(gen_random_uuid()::text, 1, 8)))).*
     from orders o, generate_series(1, $2::int) n where o.id = $1::uuid
     returning id`,
    [orderId, count],
  )
  const { rows: clones } = await query(
    `insert into payments
     select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'order_id', o.id,
       'payment_intent', 'pi_3' || replace(o.id::text, '-', ''), 'ask_at', 'infinity'))).*
     from payments p, unnest($2::uuid[]) as o (id) where p.order_id = $1::uuid
     returning order_id, payment_intent`,
    [orderId, (rows as { id: string }[]).map(({ id }) => id)],
  )
  return clones as Clone[]
}
