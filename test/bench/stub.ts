// Stripe as it would be if it took no time: every PaymentIntent is made at once. Run as a process.
import { createServer } from 'node:http'

let made = 0
let connections = 0

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const id = `pi_3Stub${String(++made).padStart(16, '0')}`
    const answer =
      request.url === '/connections'
        ? JSON.stringify({ connections })
        : JSON.stringify({
            id,
            object: 'payment_intent',
            amount: 4890,
            amount_received: 0,
            client_secret: `${id}_secret_stub`,
            currency: 'eur',
            livemode: false,
            metadata: {},
            status: 'requires_payment_method',
          })
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
      'request-id': `req_${made}`,
    })
    response.end(answer)
  })
})
server.on('connection', () => {
  connections += 1
})
server.listen(Number(process.env.PORT), '127.0.0.1')
