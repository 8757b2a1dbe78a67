import { render } from './connection.ts'
import type { House } from './house.ts'

let shoppers = 0

/** Each request from another address, as shoppers are. */
export const fromSomewhere = (): Record<string, string> => {
  const n = ++shoppers
  return { 'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` }
}

export const repeated = (request: Buffer) => (count: number) => new Array<Buffer>(count).fill(request)

/** A partner's call that opens a checkout of two products, spread over the stores. */
export const openSessions = (house: House) => (count: number) =>
  Array.from({ length: count }, (_, n) =>
    render(
      'POST',
      `/api/internal/stores/${house.shops[n % house.shops.length]!.id}/checkout-sessions`,
      { 'x-internal-secret': house.secret },
      JSON.stringify({
        line_items: [
          { product_id: 'mug', quantity: 2 },
          { product_id: 'beans', quantity: 1 },
        ],
        success_url: 'https://pay.example/thanks',
        cancel_url: 'https://pay.example/cart',
      }),
    ),
  )

/** The path of a session's page, from the answer that opened it. */
export const pathOf = (body: Buffer): string => new URL(JSON.parse(body.toString()).url).pathname
