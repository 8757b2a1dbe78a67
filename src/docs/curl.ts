import type { OpenApi, Operation } from './openapi.ts'
import { jsonOf, pretty, sampleOf } from './sample.ts'

/** The call as one would type it into a shell, with the examples of its path and body. */
export function curlOf(document: OpenApi, method: string, path: string, operation: Operation): string {
  const { security, requestBody, parameters = [] } = operation
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const parameter = parameters.find(known => known.name === name && known.in === 'path')
    return encodeURIComponent(String(parameter ? sampleOf(document, parameter) : name))
  })
  const [scheme] = Object.keys(security?.[0] ?? {})
  const header = scheme && document.components.securitySchemes[scheme]?.name
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${document.servers[0]?.url}${filled}`,
    ...(header ? [`-H "${header}: $${scheme === 'partner' ? 'OWNTILL_SECRET' : 'SIGNATURE'}"`] : []),
    ...(requestBody
      ? [
          "-H 'Content-Type: application/json'",
          scheme === 'stripe'
            ? '--data-binary @event.json'
            : `-d '${pretty(sampleOf(document, jsonOf(requestBody))).replaceAll("'", "'\\''")}'`,
        ]
      : []),
  ].join(' \\\n  ')
}
