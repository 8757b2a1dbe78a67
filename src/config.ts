import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { newSecret } from './lib/ids.ts'
import { Secret } from './lib/secret.ts'

export type MasterKey = { kid: string; key: Secret }

export type Config = {
  production: boolean
  host: string
  port: number
  /** Without a trailing slash. */
  publicUrl: string
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: Secret | undefined
  databasePool: number
  /** How a pooler between us and Postgres lends its connections (db/engine.ts). */
  databasePooler: 'transaction' | 'prepared' | undefined
  dataDir: string
  masterKeys: MasterKey[]
  internalSecret: Secret | undefined
  stripe: {
    /** Where the API is: scheme, host and port. */
    apiUrl: string
    jsUrl: string
    /** Set when we run the sandbox ourselves. */
    sandboxPort: number | undefined
    /** Production accepts live keys for Stripe itself only. */
    liveKeys: boolean
  }
  mail: { smtpUrl: Secret; from: string } | undefined
  logLevel: string
  trustProxy: boolean | number | string
  /** Where traces go: a collector that speaks OTLP over HTTP. */
  tracesUrl: string | undefined
}

/** A setting is missing or wrong: the boot stops with these lines, which name settings and never values. */
export class BadSettings extends Error {
  readonly lines: string[]

  constructor(lines: string[]) {
    super(`Owntill cannot start:\n${lines.map(line => `  - ${line}`).join('\n')}`)
    this.name = 'BadSettings'
    this.lines = lines
  }
}

const STRIPE_API = 'https://api.stripe.com'
const STRIPE_JS = 'https://js.stripe.com/endive/stripe.js'

const port = z.coerce.number().int().min(0).max(65535)
const origin = z
  .url({ protocol: /^https?$/, abort: true })
  .refine(url => new URL(url).href === `${new URL(url).origin}/`, 'is not just a scheme, host and port')
  .transform(url => new URL(url).origin)

const Settings = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().min(1).optional(),
  PORT: port.default(3000),
  PUBLIC_URL: origin.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(500).default(16),
  DATABASE_POOLER: z.enum(['transaction', 'prepared']).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  ENCRYPTION_KEYS: z.string().optional(),
  INTERNAL_SECRET: z.string().min(32, 'has fewer than 32 characters').optional(),
  STRIPE_API_URL: z.union([z.literal('sandbox'), origin]).optional(),
  STRIPE_JS_URL: z.url({ protocol: /^https?$/ }).optional(),
  SANDBOX_PORT: port.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
})

/** What production never guesses. */
const REQUIRED = ['PUBLIC_URL', 'DATABASE_URL', 'ENCRYPTION_KEYS', 'SMTP_URL', 'MAIL_FROM'] as const

/**
 * Reads the settings, once. Throws BadSettings that names every wrong or missing setting (never its value).
 * Outside production it generates what is missing and keeps it in DATA_DIR.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  // An empty value is how compose files and shells say "not set".
  const parsed = Settings.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
  )
  const problems = parsed.error?.issues.map(issue => `${issue.path.join('.')} ${said(issue)}`) ?? []
  const production = env.NODE_ENV === 'production'
  if (production) {
    for (const name of REQUIRED) if (!env[name]) problems.push(`${name} is required in production`)
    if (env.STRIPE_API_URL === 'sandbox') problems.push('STRIPE_API_URL cannot be the sandbox in production')
    if (env.PUBLIC_URL && !env.PUBLIC_URL.startsWith('https://'))
      problems.push('PUBLIC_URL must be https in production')
  }
  if (parsed.error || problems.length > 0) throw new BadSettings(problems)
  const set = parsed.data

  const masterKeys = readMasterKeys(set.ENCRYPTION_KEYS ?? generatedKeys(set.DATA_DIR))
  const apiSetting = set.STRIPE_API_URL ?? (production ? STRIPE_API : 'sandbox')
  const sandboxPort = apiSetting === 'sandbox' ? (set.SANDBOX_PORT ?? set.PORT + 1) : undefined
  const apiUrl = apiSetting === 'sandbox' ? `http://127.0.0.1:${sandboxPort}` : apiSetting
  return {
    production,
    host: set.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: set.PORT,
    publicUrl: set.PUBLIC_URL ?? `http://localhost:${set.PORT}`,
    databaseUrl: set.DATABASE_URL ? new Secret(set.DATABASE_URL) : undefined,
    databasePool: set.DATABASE_POOL,
    databasePooler: set.DATABASE_POOLER,
    dataDir: set.DATA_DIR,
    masterKeys,
    internalSecret: set.INTERNAL_SECRET ? new Secret(set.INTERNAL_SECRET) : undefined,
    stripe: {
      apiUrl,
      jsUrl: set.STRIPE_JS_URL ?? (apiUrl === STRIPE_API ? STRIPE_JS : `${apiUrl}/stripe.js`),
      sandboxPort,
      liveKeys: apiUrl === STRIPE_API || !production,
    },
    mail:
      set.SMTP_URL && set.MAIL_FROM ? { smtpUrl: new Secret(set.SMTP_URL), from: set.MAIL_FROM } : undefined,
    logLevel: set.LOG_LEVEL,
    trustProxy: readTrustProxy(set.TRUST_PROXY),
    tracesUrl: set.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, ''),
  }
}

// Zod's own messages may quote the value it was given; a setting can be a secret, so only the kind is said.
function said(issue: z.core.$ZodIssue): string {
  return issue.code === 'custom' || issue.code === 'too_small' ? issue.message : 'has a value we cannot use'
}

function readMasterKeys(setting: string): MasterKey[] {
  const keys = setting.split(',').map(entry => {
    const [, kid, encoded] = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim()) ?? []
    if (!kid || !encoded || Buffer.from(encoded, 'base64').length !== 32) {
      throw new BadSettings(['ENCRYPTION_KEYS must be kid:base64 of 32 bytes, comma-separated'])
    }
    return { kid, key: new Secret(encoded) }
  })
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) {
    throw new BadSettings(['ENCRYPTION_KEYS names the same kid twice'])
  }
  return keys
}

function generatedKeys(dataDir: string): string {
  return generated(dataDir, 'encryption-keys', () => `dev1:${randomBytes(32).toString('base64')}`)
}

/** The secret of the first partner; `shown` is what may be printed of it: the value itself only when it is new. */
type FirstSecret = { secret: Secret; fresh: boolean; shown: string }

/** INTERNAL_SECRET, or outside production one that is generated and kept. Undefined: production has its partners. */
export function firstSecret(config: Config): FirstSecret | undefined {
  if (config.internalSecret)
    return { secret: config.internalSecret, fresh: false, shown: 'as set in INTERNAL_SECRET' }
  if (config.production) return undefined
  const file = join(config.dataDir, SECRET_FILE)
  const fresh = !existsSync(file)
  const value = generated(config.dataDir, SECRET_FILE, newSecret)
  return { secret: new Secret(value), fresh, shown: fresh ? `${value} (kept in ${file})` : `in ${file}` }
}

const SECRET_FILE = 'internal-secret'

/** A value made on first use and kept, readable by us only, in DATA_DIR. */
function generated(dataDir: string, name: string, make: () => string): string {
  const file = join(dataDir, name)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const value = make()
  writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' })
  return value
}

function readTrustProxy(setting: string | undefined): boolean | number | string {
  if (setting === undefined || setting === 'false') return false
  if (setting === 'true') return true
  return /^\d+$/.test(setting) ? Number(setting) : setting
}
