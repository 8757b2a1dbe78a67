import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../harness/port.ts'
import { newDatabase, type OwnDatabase, ready, runServer, type ServiceProcess } from '../harness/service.ts'
import { image, layOut, read } from './image.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL

test('the image holds what it needs and nothing that is not let in', () => {
  const letIn = read('.dockerignore').match(/(?<=^!).+$/gm)
  expect([...image.copied].sort()).toEqual(letIn!.sort())
  expect(image).toMatchObject({ command: ['node', 'src/server.ts'], user: 'node' })
})

test('compose asks for every setting that .env.example explains', () => {
  const asked = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  const explained = read('.env.example').match(/^[A-Z_]+(?==)/gm)
  expect([...new Set(asked)].sort()).toEqual(explained!.sort())
})

test('compose has two instances behind a proxy and a pooler, and every file that it names is there', () => {
  const compose = read('compose.yaml')
  const services = compose.match(/(?<=^ {2})[a-z]+(?=:$)/gm)
  expect(services).toEqual(expect.arrayContaining(['proxy', 'owntill', 'pgbouncer', 'postgres', 'mail']))
  expect(compose).toMatch(/owntill:[\s\S]*?replicas: 2/)
  expect(compose).toContain('DATABASE_POOLER: transaction')
  const named = [...compose.matchAll(/\.\/([\w./-]+):\/|dockerfile: ([\w./-]+)/g)].map(
    ([, file, made]) => file ?? made!,
  )
  expect(named.length).toBeGreaterThan(2)
  expect(named.filter(file => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
  // Settings that compose sets and the service does not know would be silently without effect.
  const set = compose
    .split(/^ {2}owntill:$/m)[1]!
    .split(/^ {2}\w+:$/m)[0]!
    .match(/(?<=^ {6})[A-Z_]+(?=:)/gm)!
  const known = read('src/config.ts').match(/(?<=^ {2})[A-Z_]+(?=: )/gm)!
  expect(set.filter(name => !known.includes(name))).toEqual([])
})

test('no source file imports a package that production does not install', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const used = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => [...read(`src/${path}`).matchAll(/^import (?!type\b)[^'"]*'([^.'][^']*)'/gm)])
    .map(([, name]) =>
      name!
        .split('/')
        .slice(0, name!.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .filter(name => !name.startsWith('node:'))
  expect(used.length).toBeGreaterThan(20)
  expect([...new Set(used)].filter(name => !(name in dependencies))).toEqual([])
})

describe.runIf(server)('with production dependencies only, on Postgres', () => {
  let folder: string
  let database: OwnDatabase
  let env: Record<string, string>
  let url: string
  const secret = randomBytes(24).toString('hex')

  beforeAll(async () => {
    folder = layOut()
    database = await newDatabase(server!)
    const port = String(await freePort())
    url = `http://127.0.0.1:${port}`
    env = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: port,
      PUBLIC_URL: 'https://pay.example',
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      STRIPE_API_URL: inject('sandboxUrl'),
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'pay@example.com',
    }
  })
  afterAll(async () => {
    await database.drop()
    rmSync(folder, { recursive: true })
  })

  test('what the build prepares is there for the start', () => {
    const compiled = join(folder, 'compiled')
    const [, ...args] = image.prepared
    expect(
      spawnSync(process.execPath, args, { cwd: folder, env: { NODE_COMPILE_CACHE: compiled } }).status,
    ).toBe(0)
    expect(readdirSync(compiled, { recursive: true }).length).toBeGreaterThan(500)
  })

  const healthCheck = () =>
    spawnSync(process.execPath, image.healthCheck.slice(1), { env: { PORT: env.PORT } }).status
  const stop = async (service: ServiceProcess) => {
    service.kill('SIGTERM')
    return (await service.ended).code
  }

  test('it wants a first partner before it starts', async () => {
    const { code, said } = await runServer(env, folder).ended
    expect([code, said]).toEqual([
      1,
      expect.stringContaining('INTERNAL_SECRET is required on the first boot'),
    ])
  }, 180_000)

  test('it serves, writes nothing to its folder, is found healthy, and stops when asked', async () => {
    const before = readdirSync(folder)
    const service = runServer({ ...env, INTERNAL_SECRET: secret }, folder)
    await ready(url, service)
    expect(healthCheck()).toBe(0)

    const made = await fetch(`${url}/api/internal/stores`, {
      method: 'POST',
      headers: { 'x-internal-secret': secret, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Shop', currency: 'eur', owner_email: 'owner@example.com' }),
    })
    expect(made.status).toBe(201)
    const page = await fetch(`${url}/stripe/connect`)
    expect(page.headers.get('strict-transport-security')).toContain('max-age=')
    expect((await fetch(`${url}/demo/order`)).status).toBe(404)

    expect(await stop(service)).toBe(0)
    expect(healthCheck()).toBe(1)
    expect(readdirSync(folder)).toEqual(before)
    expect(service.said()).not.toContain(secret)
  }, 180_000)

  test('once there is a partner, it starts without a first one', async () => {
    const service = runServer(env, folder)
    await ready(url, service)
    expect(await stop(service)).toBe(0)
  }, 180_000)
})
