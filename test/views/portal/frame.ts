export const id = '0192f0c1-0000-7000-8000-000000000001'
export const base = `/portal/${id}`
export const at = '2026-11-21T18:05:00.000Z'

/** What every page of a store has around it. */
export const frame = {
  base,
  store: { id, name: 'Fern & Kettle', mode: 'test', logo_url: null },
  owner: { email: 'owner@example.com' },
  has_other_stores: true,
}

/** So long that it does not fit anywhere unbroken. */
export const long =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 👩🏽‍🚀 "Limited"'
