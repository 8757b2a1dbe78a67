import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readKeys } from '../../src/stores/keys.ts'

const pk = 'pk_test_51ALICE000000000Public'
const sk = 'sk_test_51ALICE000000000Secret'
const rk = 'rk_test_51ALICE000000000Limited'
const live = (key: string) => key.replace('test', 'live')

const read = (publishable_key: string, secret_key: string, webhook_secret?: string) =>
  readKeys({ publishable_key, secret_key, webhook_secret })

const fieldsOf = (result: ReturnType<typeof readKeys>) =>
  'errors' in result ? result.errors.map(({ pointer, detail }) => `${pointer} ${detail}`) : 'accepted'

describe('keys that belong together are read', () => {
  test.each([
    [pk, sk, 'test', 'secret'],
    [pk, rk, 'test', 'restricted'],
    [live(pk), live(sk), 'live', 'secret'],
    [live(pk), live(rk), 'live', 'restricted'],
    [` ${pk}\n`, `\t${sk} `, 'test', 'secret'],
  ])('%j %j', (publishable, secret, mode, kind) => {
    expect(read(publishable, secret)).toMatchObject({
      keys: { mode, key_kind: kind, publishable_key: publishable.trim() },
    })
  })
})

describe('each mix-up is named at its field', () => {
  test.each([
    ['swapped', sk, pk, ['/publishable_key This is a secret key', '/secret_key This is a publishable key']],
    ['restricted as publishable', rk, sk, ['/publishable_key This is a restricted key']],
    ['publishable twice', pk, pk, ['/secret_key This is a publishable key']],
    [
      'signing secret as secret',
      pk,
      'whsec_abcdefghijklmnop',
      ['/secret_key This is a webhook signing secret'],
    ],
    ['endpoint id as secret', pk, 'we_1abcdefghijkl', ["/secret_key This is a webhook endpoint's id"]],
    [
      'endpoint id as publishable',
      'we_1abcdefghijkl',
      sk,
      ["/publishable_key This is a webhook endpoint's id"],
    ],
    ['account id', pk, 'acct_1abcdefghijkl', ["/secret_key This is an account's id"]],
    ['test with live', pk, live(sk), ['/secret_key This is a live mode key']],
    ['live with test', live(pk), rk, ['/secret_key This is a test mode key']],
    ['nothing', '', '', ['/publishable_key Paste', '/secret_key Paste']],
    ['a blank inside', pk, 'sk_test_51ALICE 000000000Secret', ['/secret_key There is a blank']],
    ['a zero-width space', pk, 'sk_test_51ALICE\u200b000000000Secret', ['/secret_key There is a blank']],
    ['a byte order mark in front', `\u2060${pk}`, sk, ['/publishable_key There is a blank']],
    ['a no-break space', pk, 'sk_test\u00a0_51ALICE000000000Secret', ['/secret_key There is a blank']],
    ['cut short', pk, 'sk_test_51', ['/secret_key This key is not complete']],
    ['dots of a masked key', pk, 'sk_test_51A••••••••cret', ['/secret_key This key is not complete']],
    [
      'something else',
      'hello',
      'hunter2hunter2',
      ['/publishable_key This is not a Stripe key', '/secret_key This is not a Stripe key'],
    ],
  ])('%s', (_name, publishable, secret, said) => {
    const fields = fieldsOf(read(publishable, secret))
    expect(fields).toHaveLength(said.length)
    for (const [index, text] of said.entries()) expect(fields[index]).toContain(text)
  })

  test.each([
    ['an endpoint id', 'we_1abcdefghijklmn', "This is a webhook endpoint's id"],
    ['a secret key', sk, 'This is a secret key'],
    ['a publishable key', pk, 'This is a publishable key'],
    ['a blank', 'whsec_abc defghijklmnop', 'There is a blank'],
    ['half of it', 'whsec_abc', 'This key is not complete'],
  ])('%s as signing secret', (_name, pasted, said) => {
    expect(fieldsOf(read(pk, sk, pasted))).toEqual([expect.stringContaining(`/webhook_secret ${said}`)])
  })
})

test('what was typed is never repeated in an error', () => {
  for (const pasted of ['sk_live_51CANARYCANARY', 'whsec_CANARYCANARYCANARY', 'CANARYCANARYCANARY']) {
    expect(JSON.stringify(read(pasted, `${pasted} x`, pasted))).not.toContain('CANARY')
  }
})

test('keys that were read do not print', () => {
  const printed = inspect(read(pk, sk, 'whsec_CANARYCANARY'), { depth: 9, showHidden: true })
  expect(printed).not.toMatch(/Secret'|CANARY/)
  expect(JSON.stringify(read(pk, sk))).not.toContain(sk)
})
