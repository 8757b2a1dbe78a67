import { parseArgs } from 'node:util'
import { type Instance, openInstallation } from '../harness/installation.ts'
import { SIGNING_SECRET, sign } from '../harness/stripe-event.ts'
import { startSandbox } from '../sandbox.ts'
import { render } from './connection.ts'
import { costing } from './costs.ts'
import { cpuOf } from './cpu.ts'
import { load, type Run } from './load.ts'
import { openPostgres, type Postgres } from './postgres.ts'
import { stopAll } from './processes.ts'

// Several instances on one Postgres, under load: how much more than one they do, what it costs, and that nothing is
// lost or done twice on the way. `npm run load -- --instances 1,2,4 --orders 2000`

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '1,2' },
    orders: { type: 'string', default: '1000' },
    /** Connections in all, spread over the instances. */
    connections: { type: 'string', default: '32' },
  },
})

const count = Number(values.orders)
const connections = Number(values.connections)

async function measure(postgres: Postgres, sandboxUrl: string, many: number): Promise<string> {
  const house = await openInstallation(await postgres.create(`several_${many}`), sandboxUrl)
  try {
    const others = await Promise.all(Array.from({ length: many - 1 }, () => house.start()))
    const all = [house.first, ...others]
    const warmUp = await house.orders(Math.ceil(count / 4))
    await deliver(all, warmUp)
    const events = await house.orders(count)
    const inNode = () => all.reduce((sum, { process }) => sum + cpuOf(process.pid), 0)
    const before = inNode()
    const done = await costing(postgres, undefined, () => deliver(all, events))
    const { lost, doubled } = await house.tally([...warmUp, ...events])
    if (lost + doubled > 0) throw new Error(`${many} instances: ${lost} lost, ${doubled} applied twice`)
    const node = (inNode() - before) / done.count
    const { rows } = await house.query(
      "select pg_total_relation_size('events') / count(*) as bytes from events",
    )
    const disk = `${(Number(rows[0].bytes) / 1024).toFixed(1)} KB`
    const inPostgres = postgres.pid ? `${Math.round(done.postgres)} µs` : 'not ours'
    return `| ${many} | ${Math.round(done.perSecond)} | ${done.p50.toFixed(0)} ms | ${done.p99.toFixed(0)} ms | ${Math.round(node)} µs | ${inPostgres} | ${disk} |`
  } finally {
    await house.close()
  }
}

/** Delivers each event once; those of one order come to different instances, as a balancer would have it. */
async function deliver(all: Instance[], events: object[]): Promise<Run> {
  const requests = events.map(event => {
    const body = JSON.stringify(event)
    return render('POST', '/webhook/stripe', { 'stripe-signature': sign(body, SIGNING_SECRET) }, body)
  })
  const runs = all.map(({ url }, n) =>
    load({
      origin: url,
      connections: Math.ceil(connections / all.length),
      requests: requests.filter((_request, index) => index % all.length === n),
      status: 200,
    }),
  )
  return together(await Promise.all(runs))
}

/** Runs that happened at the same time, as one: the slowest instance's figures are everybody's. */
function together(runs: Run[]): Run {
  const most = (of: (run: Run) => number) => Math.max(...runs.map(of))
  const all = runs.reduce((sum, run) => sum + run.count, 0)
  const seconds = most(run => run.seconds)
  return {
    count: all,
    seconds,
    perSecond: all / seconds,
    p50: most(run => run.p50),
    p99: most(run => run.p99),
  }
}

const postgres = await openPostgres()
const sandbox = await startSandbox()
try {
  console.log(`| instances | webhooks/s | p50 | p99 | CPU in Node each | CPU in Postgres each | inbox, each |
| --- | --- | --- | --- | --- | --- | --- |`)
  for (const many of values.instances.split(',').map(Number)) {
    console.log(await measure(postgres, sandbox.url, many))
  }
} finally {
  await sandbox.stop()
  await postgres.close()
  await stopAll()
}
