import type { Attributes, Span, SpanKind, Tracer } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

type Otel = typeof import('@opentelemetry/api')

// Set while traces are wanted. The libraries are loaded then and not before, so that nobody pays who wants none.
let on: { otel: Otel; tracer: Tracer } | undefined

/** Batches wait this long, in milliseconds, and at most so long for a collector when the process ends. */
const EVERY = 2_000

/**
 * Sends traces by OTLP to the collector at this address. Spans carry route patterns, names and statements without
 * their values: nothing of a person, no key, no token. Returns what ends it: it sends the rest first.
 */
export async function startTracing(endpoint: string): Promise<() => Promise<void>> {
  const [otel, { AsyncLocalStorageContextManager }, { OTLPTraceExporter }, { resourceFromAttributes }, sdk] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ])
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EVERY })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'owntill' }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: EVERY })],
  })
  const contexts = new AsyncLocalStorageContextManager().enable()
  otel.context.setGlobalContextManager(contexts)
  on = { otel, tracer: provider.getTracer('owntill') }
  return async () => {
    on = undefined
    otel.context.disable()
    await provider.shutdown()
  }
}

/**
 * Runs `work` inside a span of this name; a `step` only where it is part of something, such as a request. Without a
 * collector it only runs it.
 */
export function traced<T>(
  name: string,
  kind: 'internal' | 'client' | 'step',
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  if (!on || (kind === 'step' && !on.otel.trace.getActiveSpan())) return work()
  const { SpanKind: kinds, SpanStatusCode } = on.otel
  const options = { kind: kind === 'internal' ? kinds.INTERNAL : kinds.CLIENT, attributes }
  return on.tracer.startActiveSpan(name, options, async span => {
    try {
      return await work()
    } catch (error) {
      // Only the name: a message may repeat what was sent.
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name })
      throw error
    } finally {
      span.end()
    }
  })
}

const spans = new WeakMap<FastifyRequest, Span>()

/** A span for each request, which everything that is done for it belongs to. */
export function traceRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!on) return done()
    const { context, trace } = on.otel
    const span = on.tracer.startSpan(`${request.method} ${request.routeOptions.url ?? 'none'}`, {
      kind: 1 satisfies SpanKind.SERVER,
      attributes: {
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? 'none',
        'owntill.request_id': request.id,
      },
    })
    spans.set(request, span)
    context.with(trace.setSpan(context.active(), span), done)
  })

  // A body arrives by events of the socket, which belong to no request: from here on it is ours again.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (!on || !span) return done()
    const { context, trace } = on.otel
    context.with(trace.setSpan(context.active(), span), done)
  })

  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request)
    span?.setAttribute('http.response.status_code', reply.statusCode)
    if (on && reply.statusCode >= 500) span?.setStatus({ code: on.otel.SpanStatusCode.ERROR })
    span?.end()
    done()
  })
}
