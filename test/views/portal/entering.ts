import type { Sample } from '../sample-store.ts'
import { at, frame, id, long } from './frame.ts'

/** Signing in, the choice of a store, and one's own account. */
export const enteringSamples: Sample[] = [
  { name: 'sign-in', template: 'portal/sign-in', model: { title: 'Sign in', mailbox: '/dev/mail' } },
  {
    name: 'sign-in-foreign',
    template: 'portal/sign-in',
    model: { title: 'Sign in', next: '/stripe/connect?store_id=x', signed_in_as: 'owner@example.com' },
  },
  {
    name: 'sign-in-wrong',
    template: 'portal/sign-in',
    model: { title: 'Sign in', problem: 'Ask for a new one.', email: 'nobody', error: 'Not an address.' },
  },
  {
    name: 'code',
    template: 'portal/code',
    model: { title: 'Code', email: 'owner@example.com', again: '/portal/sign-in' },
  },
  {
    name: 'code-wrong',
    template: 'portal/code',
    model: {
      title: 'Code',
      email: 'owner@example.com',
      again: '/portal/sign-in',
      error: 'This is not the code.',
    },
  },
  { name: 'enter', template: 'portal/enter', model: { title: 'Open', store: { name: 'Fern & Kettle' } } },
  { name: 'gone', template: 'portal/gone', model: { title: 'Gone' } },
  {
    name: 'stores',
    template: 'portal/stores',
    model: {
      title: 'Your stores',
      owner: frame.owner,
      stores: [
        { id, name: 'Fern & Kettle', mode: 'test', logo_url: null },
        { id, name: long, mode: 'live', logo_url: null },
      ],
      seats: [{ href: `/vendor/${id}/pottery`, name: 'Harbour Pottery', store: 'Fern & Kettle' }],
    },
  },
  {
    name: 'stores-none',
    template: 'portal/stores',
    model: { title: 'Stores', owner: frame.owner, stores: [], seats: [] },
  },
  {
    name: 'account',
    template: 'portal/account',
    model: {
      title: 'Your sign-ins',
      owner: frame.owner,
      sessions: [
        { at, seen_at: at, by_link: false, current: true },
        { at, seen_at: at, by_link: true, current: false },
      ],
    },
  },
  {
    name: 'mail',
    template: 'mail/box',
    model: {
      title: 'Mail',
      letters: [
        {
          id: 'letter-1',
          at,
          to: 'owner@example.com',
          subject: '1234 5678 is your sign-in code',
          parts: [{ text: 'Read ' }, { text: 'https://pay.example/', url: true }],
        },
      ],
    },
  },
  { name: 'mail-none', template: 'mail/box', model: { title: 'Mail', letters: [] } },
]
