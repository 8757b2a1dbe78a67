import { Agent, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SIGNING_SECRET, sign } from '../harness/stripe-event.ts'
import { type OwnInstallation, ownInstallation } from './own-installation.ts'
import { report, size } from './size.ts'

let own: OwnInstallation

beforeAll(async () => {
  own = await ownInstallation()
})
afterAll(() => own?.close())

type Answer = { id: string; status?: number; error?: string; sent: boolean }

/** One delivery, never repeated; `sent` says whether the whole of it had left when it failed. */
function post(url: string, event: object, agent: Agent): Promise<Answer> {
  const body = JSON.stringify(event)
  const { id } = event as { id: string }
  return new Promise(resolve => {
    const outgoing = request(`${url}/webhook/stripe`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'stripe-signature': sign(body, SIGNING_SECRET) },
    })
    let sent = false
    outgoing.on('finish', () => (sent = true))
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ id, error: error.code ?? error.name, sent }),
    )
    outgoing.on('response', response => {
      response.resume()
      response.on('end', () => resolve({ id, status: response.statusCode!, sent }))
      response.on('aborted', () => resolve({ id, error: 'cut off', sent }))
    })
    outgoing.end(body)
  })
}

test('asked to stop under load: no delivery that it took in is dropped, and it exits within ten seconds', async () => {
  const { installation } = own
  let dropped = 0
  let answered = 0
  let slowest = 0
  const rounds = size(5, 2)
  let service = installation.first
  for (let round = 0; round < rounds; round += 1) {
    const events = await installation.orders(1_500)
    const agent = new Agent({ keepAlive: true, maxSockets: 32 })
    const answers: Answer[] = []
    let stopping = false
    const workers = Array.from({ length: 32 }, async () => {
      for (let event = events.pop(); event; event = events.pop()) {
        const answer = await post(service.url, event, agent)
        answers.push(answer)
        if (answer.error && stopping) return
      }
    })
    await new Promise(resolve => setTimeout(resolve, 700))
    stopping = true
    const asked = Date.now()
    const code = await service.stop('SIGTERM')
    slowest = Math.max(slowest, Date.now() - asked)
    await Promise.all(workers)
    agent.destroy()

    expect(code).toBe(0)
    expect(answers.some(({ status }) => status !== 200)).toBe(true)
    answered += answers.filter(({ status }) => status === 200).length
    // A connection that is still open is told to go away (503). Nothing else is answered, and nothing is taken in
    // without an answer that says so.
    const failed = answers.filter(({ status }) => status !== 200)
    expect(failed.filter(({ status }) => status !== undefined && status !== 503)).toEqual([])
    const { rows } = await installation.query('select id from events where id = any ($1)', [
      failed.map(({ id }) => id),
    ])
    dropped += rows.length
    service = await installation.start(service.url)
  }
  report(`${rounds} stops under load`, { answered, dropped, 'slowest exit (ms)': slowest })
  expect(dropped).toBe(0)
  expect(slowest).toBeLessThan(10_000)
})
