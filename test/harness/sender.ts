import { SIGNING_SECRET, sign } from './stripe-event.ts'

/** In an order that has nothing to do with what was before. */
export function shuffled<T>(list: T[]): T[] {
  const mixed = list.map(value => ({ value, at: Math.random() }))
  return mixed.sort((a, b) => a.at - b.at).map(({ value }) => value)
}

/** Every event once, and this share of them twice, in any order. */
export const withDuplicates = (events: object[], share: number): object[] =>
  shuffled([...events, ...shuffled(events).slice(0, Math.round(events.length * share))])

export type Sent = { tries: number; statuses: Map<number | string, number> }

/**
 * Delivers as Stripe does: several at a time, each signed anew and sent again until it is answered 200. `url` says
 * where the next try goes; `at` hears how many are done.
 */
export async function send(
  deliveries: object[],
  url: () => string,
  { atOnce = 16, at = (_done: number) => {} } = {},
): Promise<Sent> {
  const sent: Sent = { tries: 0, statuses: new Map() }
  const waiting = deliveries.map(event => JSON.stringify(event))
  let done = 0

  async function work(): Promise<void> {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) {
      for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
        sent.tries += 1
        const status = await post(`${url()}/webhook/stripe`, body)
        sent.statuses.set(status, (sent.statuses.get(status) ?? 0) + 1)
        if (status === 200) break
        await new Promise(resolve => setTimeout(resolve, wait))
      }
      done += 1
      at(done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return sent
}

async function post(url: string, body: string): Promise<number | string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': sign(body, SIGNING_SECRET) },
      body,
      signal: AbortSignal.timeout(10_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    const { cause, name } = error as { cause?: { code?: string }; name: string }
    return cause?.code ?? name
  }
}
