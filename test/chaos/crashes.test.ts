import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Instance } from '../harness/installation.ts'
import { send, withDuplicates } from '../harness/sender.ts'
import { type OwnInstallation, ownInstallation } from './own-installation.ts'
import { report, size } from './size.ts'

let own: OwnInstallation

beforeAll(async () => {
  own = await ownInstallation()
})
afterAll(() => own?.close())

test('the service killed again and again, the database restarted: nothing is lost, nothing applied twice', async () => {
  const { installation, postgres } = own
  const orders = size(834, 130)
  const kills = size(10, 3)
  const restarts = size(3, 1)
  const events = await installation.orders(orders)
  const deliveries = withDuplicates(events, 0.2)

  let service: Instance = installation.first
  const disasters: (() => Promise<void>)[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    disasters.push(async () => {
      await service.stop('SIGKILL')
      service = await installation.start(service.url)
    })
  }
  for (let restart = 0; restart < restarts; restart += 1) {
    const how = (['SIGINT', 'SIGQUIT', 'SIGKILL'] as const)[restart % 3]!
    disasters.splice(1 + restart * 3, 0, () => postgres.restart(how))
  }

  // One disaster after the other, each when so many more deliveries were taken.
  const every = Math.floor(deliveries.length / (disasters.length + 1))
  let struck = 0
  let striking = Promise.resolve()
  const began = Date.now()
  const sent = await send(deliveries, () => service.url, {
    at: done => {
      if (done < every * (struck + 1) || struck >= disasters.length) return
      const disaster = disasters[struck]!
      struck += 1
      striking = striking.then(disaster)
    },
  })
  await striking

  const tally = await installation.tally(events)
  report(`${kills} kills, ${restarts} database restarts`, {
    delivered: deliveries.length,
    tries: sent.tries,
    ...tally,
    seconds: Math.round((Date.now() - began) / 1_000),
  })
  report('answers', Object.fromEntries(sent.statuses))
  expect(struck).toBe(disasters.length)
  expect(tally).toEqual({ applied: events.length, lost: 0, doubled: 0 })
})
