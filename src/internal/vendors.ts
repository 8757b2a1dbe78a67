import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problems, underNoun } from '../lib/contract.ts'
import { BadInput, NotFound, Unavailable } from '../lib/problem.ts'
import { createVendorLink } from '../marketplace/links.ts'
import { NewOnboardingLink, VendorId, VendorInput, VendorStatus, VendorView } from '../marketplace/schemas.ts'
import { vendorStatement } from '../marketplace/statement.ts'
import { Month, StatementView } from '../marketplace/statement-schemas.ts'
import { vendorStatus } from '../marketplace/status.ts'
import { findVendor, listVendors, saveVendor } from '../marketplace/vendors.ts'
import { LinkView } from '../stores/schemas.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { actorOf, type InternalOptions, PageQuery, StoreParams } from './caller.ts'

const VendorParams = StoreParams.extend({ vendor_id: VendorId })

/** The sellers of a marketplace, and how they stand with Stripe. */
export const internalVendors: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  underNoun(app, 'Vendors')
  const common = { config: { scope: 'vendors' }, preHandler: withStore } as const
  const one = '/stores/:store_id/vendors/:vendor_id'

  app.put(
    one,
    {
      ...common,
      schema: {
        operationId: 'saveVendor',
        summary: 'Create or replace a vendor',
        description:
          'The id is yours. Name it in products or lines: its share of their price is paid to it, less the commission. ' +
          'Orders keep the commission they were made with.',
        params: VendorParams,
        body: VendorInput,
        response: { 200: VendorView, ...problems(NotFound, BadInput, StoreNotConnected, Unavailable) },
      },
    },
    async request =>
      saveVendor(deps, request.store, request.params.vendor_id, request.body, actorOf(request)),
  )

  app.get(
    '/stores/:store_id/vendors',
    {
      ...common,
      schema: {
        operationId: 'listVendors',
        summary: 'List the vendors',
        params: StoreParams,
        querystring: PageQuery,
        response: {
          200: z.object({ data: z.array(VendorView), next_cursor: z.string().nullable() }),
          ...problems(NotFound),
        },
      },
    },
    async request => listVendors(deps.db, request.store, request.query),
  )

  app.get(
    one,
    {
      ...common,
      schema: {
        operationId: 'getVendor',
        summary: 'Read a vendor',
        params: VendorParams,
        response: { 200: VendorView, ...problems(NotFound) },
      },
    },
    async request => findVendor(deps.db, request.store, request.params.vendor_id),
  )

  app.get(
    `${one}/status`,
    {
      ...common,
      schema: {
        operationId: 'getVendorStatus',
        summary: 'Ask how a vendor stands with Stripe',
        description:
          'Looked up at Stripe now, in the mode of the store; if Stripe does not answer, what is known since `checked_at`.',
        params: VendorParams,
        response: { 200: VendorStatus, ...problems(NotFound) },
      },
    },
    async request => vendorStatus(deps, request.store, request.params.vendor_id),
  )

  app.get(
    `${one}/statements/:month`,
    {
      ...common,
      schema: {
        operationId: 'getVendorStatement',
        summary: 'Read the statement of a vendor for one month',
        description:
          'Sales, refunds, commission and what is for the vendor, each held against the transfer that Stripe has of it. ' +
          'Days are counted in UTC.',
        params: VendorParams.extend({ month: Month }),
        response: { 200: StatementView, ...problems(NotFound) },
      },
    },
    async ({ store, params }) => vendorStatement(deps.db, store, params.vendor_id, params.month),
  )

  app.post(
    `${one}/onboarding-links`,
    {
      ...common,
      schema: {
        operationId: 'createOnboardingLink',
        summary: 'Link a vendor to its onboarding',
        description:
          'Whoever holds the link can tell Stripe who the vendor is and where to pay, for a week, as often as need be: ' +
          'one in review gets on with it by the same link. Its Stripe account is made when the link is first used.',
        params: VendorParams,
        body: NewOnboardingLink,
        response: { 201: LinkView, ...problems(NotFound, BadInput) },
      },
    },
    async (request, reply) => {
      const { store, params, body } = request
      reply.code(201)
      return createVendorLink(deps, store, params.vendor_id, body.return_url, actorOf(request))
    },
  )
}
