import { z } from 'zod'

/** `path` is below the store's own pages of the portal, such as `/payments`. */
export const NewPortalLink = z
  .strictObject({
    path: z
      .string()
      .max(200)
      .regex(/^(\/[\w-]+)*$/, 'is not a path of the portal, such as /payments')
      .default(''),
  })
  .meta({ examples: [{ path: '/payments' }] })
