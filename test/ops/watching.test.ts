import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeJobs } from '../../src/jobs/jobs.ts'
import { counted } from '../../src/lib/metrics.ts'
import { type House, openHouse } from '../harness/house.ts'
// What service.ts adds to a house: work beside the requests, with figures of its own.
import '../../src/notifications/telling.ts'
import '../../src/orders/jobs.ts'
import '../../src/webhooks/jobs.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const alerts = read('ops/alerts.yaml')
const dashboard = JSON.parse(read('ops/grafana.json')) as { panels: { targets?: { expr: string }[] }[] }
const expressions = [
  ...alerts
    .split('- alert: ')
    .slice(1)
    .map(rule => /expr: ([\s\S]*?)\n {8}\w+:/.exec(rule)![1]!),
  ...dashboard.panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr)),
]
const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Each figure that is asked for, with what it is asked for by: `name{label="…"}`. */
const asked = expressions.flatMap(text =>
  [...text.matchAll(/\b((?:owntill|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(([, name, labels]) => ({
    name: name!.replace(/_(bucket|count|sum)$/, ''),
    labels: [...(labels ?? '').matchAll(/(\w+)=~?"/g)].map(([, label]) => label!),
  })),
)

test('every figure that the dashboard and the alerts ask for is there', async () => {
  expect(asked.length).toBeGreaterThan(40)
  const figures = await (await fetch(`${house.url}/metrics`)).text()
  const there = new Set([...figures.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name))
  expect([...new Set(asked.map(({ name }) => name))].filter(name => !there.has(name))).toEqual([])
})

test('every figure of ours is on the dashboard', () => {
  const shown = new Set(asked.map(({ name }) => name))
  const ours = counted.getMetricsAsArray().filter(({ name }) => name.startsWith('owntill_'))
  expect(ours.length).toBeGreaterThan(8)
  expect(ours.map(({ name }) => name).filter(name => !shown.has(name))).toEqual([])
})

test('they are asked for by labels that they have', () => {
  const labels = new Map(
    counted
      .getMetricsAsArray()
      .map(metric => [metric.name, (metric as unknown as { labelNames: string[] }).labelNames]),
  )
  const wrong = asked.filter(({ name, labels: used }) =>
    used.some(label => labels.has(name) && !labels.get(name)!.includes(label)),
  )
  expect(wrong).toEqual([])
})

test('every alert has a runbook of its own, and no runbook is left over', () => {
  const headings = [...read('docs/runbooks.md').matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading!)
  expect(headings).toEqual(names)
  expect([...alerts.matchAll(/runbook: docs\/runbooks\.md#(\w+)/g)].map(([, anchor]) => anchor)).toEqual(
    names.map(name => name.toLowerCase()),
  )
})

const RARELY = '0 0 29 2 *'

test('a job that failed is counted, timed and logged, and one that worked is counted as done', async () => {
  const logged: object[] = []
  const jobs = makeJobs(house.deps.db, { error: context => void logged.push(context), warn: () => undefined })
  const runs: string[] = []
  const over = Promise.withResolvers<void>()
  await jobs.start([
    {
      name: 'break-a-leg',
      cron: RARELY,
      async work() {
        runs.push('bad')
        throw new TypeError('ow')
      },
    },
    {
      name: 'stay-whole',
      cron: RARELY,
      async work() {
        runs.push('good')
        over.resolve()
      },
    },
  ])
  // Its turn has come, as if the clock had said so.
  await house.deps.db.engine.query("insert into jobs.job (name) values ('break-a-leg'), ('stay-whole')")
  await over.promise
  await jobs.stop(3)
  const figures = await counted.metrics()
  expect(figures).toContain('owntill_job_duration_seconds_count{job="break-a-leg",outcome="failed"} 1')
  expect(figures).toContain('owntill_job_duration_seconds_count{job="stay-whole",outcome="done"} 1')
  expect(logged).toEqual([{ err: expect.any(TypeError), job: 'break-a-leg' }])
})
