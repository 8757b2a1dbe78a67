import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { buildSandbox } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3001' },
    host: { type: 'string', default: '127.0.0.1' },
    state: { type: 'string' },
    // Ends when its standard input does: when whoever started it is gone.
    attached: { type: 'boolean', default: false },
  },
})

const app = await buildSandbox({ state: values.state })
const { close } = closeWithGrace({ delay: 5000 }, async ({ err }) => {
  if (err) console.error(err)
  await app.close()
})
if (values.attached) process.stdin.resume().once('end', () => void close())
console.log(`sandbox listening on ${await app.listen({ port: Number(values.port), host: values.host })}`)
