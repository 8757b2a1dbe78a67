import type Stripe from 'stripe'
import { WebhookEndpoints } from '../engine/deliveries.ts'
import { eventTypes } from '../engine/event_types.ts'
import { newId, now, random } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { clearable, expand, flag, listOf, must, paging, type Rule, text } from '../engine/params.ts'
import { isLoopback } from '../engine/post.ts'
import { invalid } from '../engine/refusal.ts'
import { deleting, listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { versionOf } from '../engine/versions.ts'

const { url } = WebhookEndpoints
const most = 16

const eventNames: Rule<string[]> = {
  read(value, name) {
    const names = listOf(text()).read(value, name)
    const wrong = names.findIndex(type => type !== '*' && !eventTypes.has(type))
    if (names.length === 0) throw invalid('You must specify at least one event.', { param: name })
    if (wrong >= 0) {
      throw invalid(
        `Invalid ${name}[${wrong}]: must be one of *, ${[...eventTypes].slice(0, 5).join(', ')}, … You provided: ` +
          `${names[wrong]}. See https://docs.stripe.com/api/events/types for all of them.`,
        { param: `${name}[${wrong}]` },
      )
    }
    return names
  },
}

// Stripe wants https; this machine's own addresses are let in, for nothing else is ever reached.
const address: Rule<string> = {
  read(value, name) {
    const given = text().read(value, name)
    const parsed = URL.canParse(given) ? new URL(given) : undefined
    if (!parsed || !/^https?:$/.test(parsed.protocol)) {
      throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
        code: 'url_invalid',
        param: name,
      })
    }
    if (parsed.protocol === 'http:' && !isLoopback(parsed)) {
      throw invalid('Invalid URL: URL must be HTTPS.', { code: 'url_invalid', param: name })
    }
    return given
  },
}

const version = {
  read: (value: unknown, name: string) => versionOf(text().read(value, name)),
} as Rule<Stripe.WebhookEndpointCreateParams.ApiVersion>

export const webhookEndpoints: Resource = {
  operations: [
    operation<Stripe.WebhookEndpointCreateParams>({
      method: 'POST',
      path: url,
      needs: 'webhook.write',
      params: {
        enabled_events: must(eventNames) as never,
        url: must(address),
        api_version: version,
        connect: flag,
        description: clearable(text()),
        expand,
        metadata,
      },
      run(call) {
        const { params, books } = call
        const endpoints = books.of(WebhookEndpoints)
        if (endpoints.size >= most) {
          throw invalid(
            `You have reached the maximum of ${most} ${books.livemode ? 'live' : 'test'} webhook endpoints.`,
          )
        }
        const secret = `whsec_${random(32)}`
        const endpoint: Stripe.WebhookEndpoint = {
          id: newId('we_1'),
          object: 'webhook_endpoint',
          api_version: params.api_version ?? null,
          application: null,
          created: now(),
          description: params.description || null,
          enabled_events: params.enabled_events,
          livemode: books.livemode,
          metadata: mergeMetadata(null, params.metadata),
          status: 'enabled',
          url: params.url,
        }
        endpoints.put(endpoint, { secret, connect: params.connect ?? false })
        return { ...endpoint, secret }
      },
    }),
    retrieving(WebhookEndpoints, 'webhook.read'),
    operation<Stripe.WebhookEndpointUpdateParams>({
      method: 'POST',
      path: `${url}/:id`,
      needs: 'webhook.write',
      params: {
        description: clearable(text()),
        disabled: flag,
        enabled_events: eventNames as never,
        expand,
        metadata,
        url: address,
      },
      run(call) {
        const { params } = call
        const endpoint = call.books.need(WebhookEndpoints, call.path.id!)
        if (params.description !== undefined) endpoint.description = params.description || null
        if (params.disabled !== undefined) endpoint.status = params.disabled ? 'disabled' : 'enabled'
        if (params.enabled_events) endpoint.enabled_events = params.enabled_events
        if (params.url) endpoint.url = params.url
        endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata)
        return endpoint
      },
    }),
    deleting(WebhookEndpoints, 'webhook.write'),
    listing<Stripe.WebhookEndpointListParams, Stripe.WebhookEndpoint, object>(
      WebhookEndpoints,
      'webhook.read',
      {
        ...paging,
        expand,
      },
    ),
  ],
}
