import type { Sample } from '../sample-store.ts'
import { at, frame, long } from './frame.ts'

const settings = {
  title: 'Settings',
  ...frame,
  section: 'settings',
  values: {
    name: 'Fern & Kettle',
    color: '#ffd23f',
    origins: 'https://shop.example',
    order_mail: 'on',
    owner_locale: 'de',
  },
  color: '#ffd23f',
  facts: { currency: 'EUR', owner_email: 'owner@example.com' },
  errors: {},
}

/** The store's settings, and who changed what. */
export const settingsSamples: Sample[] = [
  { name: 'settings', template: 'portal/settings', model: { ...settings, done: 'settings' } },
  {
    name: 'settings-wrong',
    template: 'portal/settings',
    model: {
      ...settings,
      color: null,
      has_vendors: true,
      values: { ...settings.values, commission: '101' },
      errors: { color: 'Write a colour.', origins: 'One a line.', commission: 'Write a percentage.' },
    },
  },
  ...[true, false].map(some => ({
    name: some ? 'activity' : 'activity-none',
    template: 'portal/activity',
    model: {
      title: 'Activity',
      ...frame,
      section: 'activity',
      entries: some
        ? [
            { at, actor_kind: 'owner', actor: 'owner@example.com', text: 'Switched payments to live mode' },
            { at, actor_kind: 'partner', actor: 'Shop Builder', text: `Added the product “${long}”` },
            { at, actor_kind: 'service', actor: 'Owntill', text: 'Created the store' },
          ]
        : [],
      first: true,
      next_cursor: null,
    },
  })),
]
