import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { letterOf, type Message } from '../../src/mail/letters.ts'
import { tidyMail } from '../../src/mail/mail.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { tellNow } from '../harness/receiver.ts'
import { newKeys, openShop, until } from '../harness/shop.ts'
import { lettersTo } from '../owners/browser.ts'

const message = (to: string, more: Partial<Message> = {}): Message => ({
  to,
  subject: 'About your store',
  heading: 'About your store',
  paragraphs: ['Something happened.'],
  footnote: 'You get this because you own it.',
  ...more,
})

describe('without a mail server', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  test('a letter is kept and shown at /dev/mail, the newest first, with its links', async () => {
    const { mail, db } = house.deps
    await mail.post(db, message('first@example.com'), 10)
    const action = { label: 'See it', url: 'https://pay.example/portal?a=1&b=2' }
    await mail.post(db, message('second@example.com', { subject: '<img src=x>', action }), 10)
    expect(await mail.deliver()).toEqual({ sent: 2, failed: 0 })
    const page = await (await fetch(`${house.url}/dev/mail`)).text()
    expect(page.indexOf('second@example.com')).toBeLessThan(page.indexOf('first@example.com'))
    expect(page).toContain('<a href="https://pay.example/portal?a=1&amp;b=2">')
    expect(page).not.toContain('<img src=x>')

    const [, address] = /href="(\/dev\/mail\/[\w-]+)"/.exec(page)!
    const letter = await fetch(`${house.url}${address}`)
    expect(letter.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'/,
    )
    expect(await letter.text()).toContain('Something happened.')
    expect((await fetch(`${house.url}/dev/mail/..%2F..%2Finternal-secret`)).status).toBe(404)
  })

  test('a letter of a transaction that fails is never sent', async () => {
    const { mail, db } = house.deps
    const failing = db.transaction().execute(async trx => {
      await mail.post(trx, message('never@example.com'), 10)
      throw new Error('the change failed')
    })
    await expect(failing).rejects.toThrow('the change failed')
    await mail.deliver()
    expect(lettersTo(house, 'never@example.com')).toEqual([])
  })

  test('a letter is sent once, however many deliver at the same time', async () => {
    const { mail, db } = house.deps
    for (let number = 0; number < 10; number += 1) await mail.post(db, message('many@example.com'), 10)
    const done = await Promise.all([mail.deliver(), mail.deliver(), mail.deliver()])
    expect(done.reduce((sum, { sent }) => sum + sent, 0)).toBe(10)
    expect(lettersTo(house, 'many@example.com')).toHaveLength(10)
  })

  test('a letter that came too late is not sent, and its content is forgotten', async () => {
    const { mail, db } = house.deps
    await mail.post(db, message('late@example.com', { code: '1234 5678' }), 10)
    await db
      .updateTable('mails')
      .set({ expires_at: sql`now() - interval '1 second'` })
      .where('box', 'is not', null)
      .execute()
    expect(await mail.deliver()).toEqual({ sent: 0, failed: 0 })
    await tidyMail(db)
    expect(await db.selectFrom('mails').select('id').where('box', 'is not', null).execute()).toEqual([])
  })

  test('nothing of a letter is readable in the database, before and after', async () => {
    const { mail, db } = house.deps
    await mail.post(db, message('sealed@example.com', { code: '1234 5678' }), 10)
    const rows = async () => JSON.stringify(await db.selectFrom('mails').selectAll().execute())
    expect(await rows()).not.toMatch(/sealed@example|1234 5678/)
    await mail.deliver()
    expect(await rows()).not.toMatch(/sealed@example|1234 5678/)
  })
})

describe('with a mail server', () => {
  test('that is away, a letter is tried again later; the page has not waited', async () => {
    const server = await smtpServer()
    const house = await openHouse({ SMTP_URL: server.url, MAIL_FROM: 'Owntill <till@example.com>' })
    try {
      const { mail, db } = house.deps
      server.refuse = true
      await mail.post(db, message('slow@example.com'), 60)
      expect(await mail.deliver()).toEqual({ sent: 0, failed: 1 })
      const [row] = await db.selectFrom('mails').select(['failure', 'tries', 'sent_at']).execute()
      expect(row).toMatchObject({ tries: 1, sent_at: null })
      expect(row?.failure).not.toContain('slow@example.com')
      expect(await mail.deliver()).toEqual({ sent: 0, failed: 0 })

      server.refuse = false
      await db.updateTable('mails').set({ due_at: sql`now()` }).execute()
      expect(await mail.deliver()).toEqual({ sent: 1, failed: 0 })
      const [letter = ''] = await until(
        async () => server.letters,
        ({ length }) => length === 1,
      )
      expect(letter).toContain('To: slow@example.com')
      expect(letter).toContain('From: Owntill <till@example.com>')
      expect(await (await fetch(`${house.url}/dev/mail`)).text()).not.toContain('slow@example.com')
    } finally {
      await house.close()
      server.close()
    }
  })

  test('that never answers holds up no payment: the order is paid, and its letters wait', async () => {
    const silent = createServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as { port: number }
    const house = await openHouse({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'till@example.com' })
    const sockets: Socket[] = []
    silent.on('connection', socket => sockets.push(socket))
    try {
      const shop = await openShop(house, newKeys(), { order_mail: true })
      await paidOrder(house, shop, { customer_email: 'first@example.com' })
      await tellNow(house)
      await until(
        async () => sockets.length,
        count => count > 0,
      )
      // The server holds the first letter in its hand, and says nothing.
      const { token } = await paidOrder(house, shop, { customer_email: 'second@example.com' })
      await tellNow(house)
      expect(await (await fetch(`${house.url}/checkout/${token}`)).text()).toContain(
        'your payment went through',
      )
      const waiting = house.deps.db.selectFrom('mails').select('id').where('sent_at', 'is', null)
      expect(await waiting.where('order_id', 'is not', null).execute()).toHaveLength(4)
    } finally {
      silent.on('connection', socket => socket.destroy())
      for (const socket of sockets) socket.destroy()
      await house.close()
      silent.close()
    }
  })

  test('that never answers, signing in is as quick as ever', async () => {
    const silent = createServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as { port: number }
    const house = await openHouse({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'till@example.com' })
    const sockets: Socket[] = []
    silent.on('connection', socket => sockets.push(socket))
    try {
      await house.deps.db
        .insertInto('stores')
        .values({
          id: '0199d3a0-0000-7000-8000-000000000001',
          partner_id: house.partnerId,
          name: 'Store',
          currency: 'eur',
          owner_email: 'owner@example.com',
          origins: [],
          logo_url: null,
          color: null,
          support_email: null,
          support_url: null,
        })
        .execute()
      const start = performance.now()
      const answer = await fetch(`${house.url}/portal/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: house.url },
        body: new URLSearchParams({ email: 'owner@example.com' }),
      })
      expect(answer.status).toBe(303)
      expect(performance.now() - start).toBeLessThan(2_000)
      await until(
        async () => sockets.length,
        count => count > 0,
      )
    } finally {
      for (const socket of sockets) socket.destroy()
      await house.close()
      silent.close()
    }
  })
})

test('a letter says the same as text and as HTML, and what strangers wrote is only text in it', () => {
  const { text, html } = letterOf(
    message('owner@example.com', {
      heading: '<script>alert(1)</script>',
      code: '1234 5678',
      action: { label: 'Open it', url: 'https://pay.example/x?a=1&b=2' },
    }),
  )
  for (const part of ['1234 5678', 'Something happened.', 'You get this because you own it.']) {
    expect(text).toContain(part)
    expect(html).toContain(part)
  }
  expect(text).toContain('https://pay.example/x?a=1&b=2')
  expect(html).toContain('href="https://pay.example/x?a=1&amp;b=2"')
  expect(html).not.toContain('<script>')
  expect(text.split('\n').every(line => line.length < 400)).toBe(true)
})

/** As much SMTP as nodemailer needs. */
async function smtpServer() {
  const letters: string[] = []
  const server = createServer(socket => {
    let data = false
    let buffer = ''
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 test')
    socket.on('error', () => undefined)
    socket.on('data', chunk => {
      buffer += chunk
      if (data && buffer.endsWith('\r\n.\r\n')) {
        letters.push(buffer)
        data = false
        buffer = ''
        return say('250 kept')
      }
      if (data) return
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end).toUpperCase()
        buffer = buffer.slice(end + 2)
        if (line.startsWith('RCPT') && mailbox.refuse) say('451 4.3.0 slow@example.com try later')
        else if (line === 'DATA') {
          data = true
          say('354 go on')
        } else if (line === 'QUIT') socket.end('221 bye\r\n')
        else say('250 fine')
      }
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  const mailbox = { url: `smtp://127.0.0.1:${port}`, letters, refuse: false, close: () => server.close() }
  return mailbox
}
