/** As much of OpenAPI 3.1 as our own document uses: https://spec.openapis.org/oas/v3.1.1.html */
export type OpenApi = {
  openapi: string
  info: { title: string; version: string; description?: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  /** What we send, by the type of the notification. */
  webhooks?: Record<string, { post: Operation }>
  components: {
    schemas: Record<string, Schema>
    securitySchemes: Record<string, { in: string; name: string; description: string }>
  }
}

export type Operation = {
  operationId: string
  summary: string
  description?: string
  tags: [string]
  security?: Record<string, string[]>[]
  parameters?: {
    name: string
    in: 'path' | 'query'
    required: boolean
    description?: string
    schema: Schema
  }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

export type Media = { schema: Schema; example?: unknown; examples?: Record<string, { value: unknown }> }

export type Schema = {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  example?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}
