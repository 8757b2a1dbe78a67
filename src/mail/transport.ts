import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import type { Config } from '../config.ts'
import { reveal } from '../lib/secret.ts'
import type { Letter } from './letters.ts'

/** Hands a letter over for good; rejects when it was not taken. */
type Transport = { send(id: string, letter: Letter): Promise<void>; close(): void }

/** By SMTP where a server is set, else into files of DATA_DIR/mail. */
export const makeTransport = (config: Config): Transport =>
  config.mail ? bySmtp(config.mail) : keptIn(mailFolder(config))

/** Signs in at the mail server and sends nothing. Rejects with its code when it does not let us. */
export async function knockAtMailServer(mail: NonNullable<Config['mail']>): Promise<void> {
  const server = serverOf(mail)
  try {
    await server.verify()
  } finally {
    server.close()
  }
}

function bySmtp(mail: NonNullable<Config['mail']>): Transport {
  const server = serverOf(mail)
  return {
    async send(id, letter) {
      await server.sendMail({
        ...letter,
        messageId: `<${id}@owntill>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
    close: () => server.close(),
  }
}

function serverOf({ smtpUrl, from }: NonNullable<Config['mail']>) {
  return nodemailer.createTransport(
    {
      url: reveal(smtpUrl),
      pool: true,
      maxConnections: 2,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  )
}

export type KeptLetter = Letter & { id: string; at: string }

/** The mailbox of /dev/mail is for looking at the last few letters, not an archive. */
const MOST_KEPT = 100

export const mailFolder = (config: Config): string => join(config.dataDir, 'mail')

function keptIn(folder: string): Transport {
  return {
    async send(id, letter) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const kept: KeptLetter = { id, at: new Date().toISOString(), ...letter }
      writeFileSync(join(folder, `${id}.json`), `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
      for (const name of letterFiles(folder).slice(MOST_KEPT)) rmSync(join(folder, name), { force: true })
    },
    close: () => undefined,
  }
}

/** The kept letters, newest first. */
export const keptLetters = (folder: string): KeptLetter[] =>
  letterFiles(folder).map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptLetter)

// Named by UUID v7: sorted by name is sorted by time.
function letterFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .sort()
      .reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
