import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { binaries, type Postgres } from './postgres.ts'

const run = promisify(execFile)

// The least that taking a webhook can mean: each event once, one order by its key, one object kept.
const SCRIPT = `\\set n random(1, :orders)
\\set event random(1, 9000000000000000000)
begin;
insert into bench_events (id) values ('evt_' || :event::bigint) on conflict do nothing;
update bench_orders set status = 'paid', updated_at = now() where id = :n;
insert into bench_objects (id, object) values (:n, :body::jsonb) on conflict (id) do update set object = excluded.object;
end;
`
const ORDERS = 100_000

export type Pgbench = (clients: number, count: number) => Promise<{ perSecond: number; count: number }>

/** Makes the tables of the minimal transaction and answers what runs it. */
export async function openPgbench(postgres: Postgres, name: string, body: string): Promise<Pgbench> {
  const url = await postgres.create(`${name}_pgbench`)
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`
    create table bench_events (id text primary key, at timestamptz not null default now());
    create table bench_orders (id bigint primary key, status text not null, updated_at timestamptz not null);
    create table bench_objects (id bigint primary key, object jsonb not null);
    insert into bench_orders select n, 'pending', now() from generate_series(1, ${ORDERS}) n;
    analyze bench_orders`)
  await client.end()
  const script = join(postgres.folder, 'minimal.sql')
  writeFileSync(script, SCRIPT)

  return async (clients, wanted) => {
    const { stdout } = await run(join(binaries(), 'pgbench'), [
      ...['--no-vacuum', '--protocol=prepared', '--jobs=1', `--client=${clients}`],
      `--transactions=${Math.ceil(wanted / clients)}`,
      ...['-D', `orders=${ORDERS}`, '-D', `body=${body}`, '-f', script, url],
    ])
    const count = Number(/actually processed: (\d+)/.exec(stdout)?.[1])
    const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
    if (!(count > 0 && perSecond > 0)) throw new Error(`pgbench said something unexpected:\n${stdout}`)
    return { count, perSecond }
  }
}
