import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { locales, merchantLocales, shopperTexts } from '../../src/lib/catalogues.ts'
import { pickLocale } from '../../src/lib/languages.ts'
import { pay } from './checkout-samples.ts'
import { nonce, render } from './render.ts'
import type { Sample } from './sample-store.ts'
import { samples } from './samples.ts'

const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onfocus='alert(1)' autofocus='",
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '{{constructor.constructor("alert(1)")()}}',
  '<%= process.env %>',
  '\u202Eevil\u2066\u200F',
  '&lt;b&gt; & "quotes"',
]
const tags = (html: string) => html.match(/<[a-z!/][^>]*>/gi) ?? []
/** Attributes without their values, so that what a shop is called cannot look like an attribute. */
const bare = (tag: string) => tag.replace(/"[^"]*"/g, '""')

/** The model with every text that a stranger may choose replaced; addresses and choices stay as they are. */
function poisoned(value: unknown, poison: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map(item => poisoned(item, poison, key))
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, poisoned(part, poison, name)]),
    )
  }
  const choices = [
    'mode',
    'status',
    'kind',
    'key_kind',
    'webhook',
    'color',
    'field',
    'section',
    'standing',
    'done',
    'tone',
  ]
  const moments = [
    'paid_at',
    'expires_at',
    'ask_at',
    'at',
    'seen_at',
    'event_at',
    'due_by',
    'due_at',
    'failing_since',
    'settled_at',
  ]
  const kept = [...choices, ...moments, 'actor_kind']
  return typeof value === 'string' && !kept.includes(key) ? poison : value
}

describe.each(samples.map(sample => [sample.name, sample] as const))('%s', (_name, sample: Sample) => {
  const html = render(sample.template, sample.model)

  const spoken = /^(checkout|error)/.test(sample.template) ? locales : merchantLocales
  test.each(spoken)('says all it has to say in %s', locale => {
    const language = pickLocale(locale)
    const page = render(sample.template, sample.model, language)
    expect(page).toContain(`<html lang="${locale}" dir="${language.dir}">`)
    expect(page).not.toMatch(/\b(undefined|NaN|null)\b|\[object /)
  })

  test('has one heading that names it, and one main part', () => {
    expect(html.match(/<h1[ >]/g)).toHaveLength(1)
    expect(html.match(/<main[ >]/g)).toHaveLength(1)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('runs no script and uses no style of its own but by address', () => {
    for (const tag of tags(html).map(bare)) {
      expect(tag).not.toMatch(/\son[a-z]+\s*=|\sstyle\s*=|^<style/i)
      if (tag.startsWith('<script')) expect(tag).toContain(' nonce=')
    }
    for (const [tag, body] of html.matchAll(/<script[^>]*>([^<]*)/g)) {
      expect(tag).toContain(`nonce="${nonce}"`)
      if (!tag.includes('application/json')) expect(body).toBe('')
    }
  })

  test.each(hostile)('shows %j as it is', poison => {
    const plain = tags(render(sample.template, poisoned(sample.model, 'plain') as object)).map(bare)
    const page = render(sample.template, poisoned(sample.model, poison) as object)
    expect(tags(page).map(bare)).toEqual(plain)
    expect(page).not.toContain('<img src=x')
    expect(page).not.toContain('<script>')
  })
})

test('the pay page holds no colour but the shop’s own, and only a real one', () => {
  const withColor = (color: string) => render('checkout/pay', { ...pay, store: { name: 'x', color } })
  expect(withColor('#0f4c3a')).toContain('fill="#0f4c3a"')
  expect(withColor('#0f4c3a')).toContain('ink-light')
  expect(withColor('#ffd23f')).toContain('ink-dark')
  expect(withColor('url(https://evil.example)')).not.toContain('evil')
})

test.each(['pay-free', 'receipt-free'])('%s does not speak of paying, in any language', name => {
  const { template, model } = samples.find(sample => sample.name === name)!
  const seen = render(template, model).replace(/<script[^>]*>[^<]*|<[^>]*>/g, ' ')
  expect(seen).not.toMatch(/\bpa(y|id|ying|yments?)\b/i)
  expect(seen).not.toContain('4242')
  for (const locale of locales) {
    const page = render(template, model, pickLocale(locale))
    const { pay, receipt } = shopperTexts[locale]
    for (const text of [pay.method, pay.no_script.text, receipt.paid, receipt.when, receipt.status.paid])
      expect(page, locale).not.toContain(`>${text}<`)
  }
})

test('what was typed into a secret field is never sent back', () => {
  const form = samples.find(sample => sample.name === 'connect')!
  const values = { publishable_key: 'pk_test_kept', secret_key: 'sk_test_gone', webhook_secret: 'whsec_gone' }
  const html = render(form.template, { ...form.model, values })
  expect(html).toContain('pk_test_kept')
  expect(html).not.toContain('gone')
})

test('every template is drawn by a sample', () => {
  // Letters are no pages: test/mail reads those. The API reference is drawn from our own document: test/docs does.
  const letters = ['mail/text.eta', 'mail/html.eta']
  const pages = readdirSync(new URL('../../views', import.meta.url), { recursive: true, encoding: 'utf8' })
  const used = new Set(samples.map(sample => `${sample.template}.eta`))
  const sources = pages
    .filter(page => page.endsWith('.eta') && !letters.includes(page) && !page.startsWith('docs/'))
    .map(page => ({
      page,
      source: readFileSync(new URL(`../../views/${page}`, import.meta.url), 'utf8'),
    }))
  for (const { page } of sources) {
    const path = `/${page.replace('.eta', '')}'`
    const called = sources.some(({ source }) => source.includes(path))
    expect(used.has(page) || called, page).toBe(true)
  }
})
