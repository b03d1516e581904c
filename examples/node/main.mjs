// A program that takes part in Bellhop over NATS: it reads every message in the order of its conversation, also those that came
// while it did not run, and answers a word in them with a custom event to the visitor's page.
//
//   npm ci && NATS_URL=nats://127.0.0.1:4222 node main.mjs
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, nanos } from '@nats-io/transport-node'

const nc = await connect({
  servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
  name: 'example-node',
  maxReconnectAttempts: -1,
})

// The consumer is kept by the server under its name: a program that starts again goes on where it was. A new one begins with what comes.
// One message at a time (max_ack_pending) keeps a conversation's order when something has to be tried again.
const manager = await jetstreamManager(nc)
await manager.consumers.add('BELLHOP', {
  durable_name: 'example-node',
  filter_subject: 'bellhop.v1.*.default.*.message.created',
  deliver_policy: DeliverPolicy.New,
  ack_policy: AckPolicy.Explicit,
  max_ack_pending: 1,
  ack_wait: nanos(30_000),
})
const consumer = await jetstream(nc).consumers.get('BELLHOP', 'example-node')
const messages = await consumer.consume({ max_messages: 1 })
process.once('SIGINT', () => messages.close())
console.log('listening')

for await (const msg of messages) {
  try {
    await handle(msg)
    await msg.ackAck()
  } catch (error) {
    console.error(error.message)
    if (error instanceof SyntaxError) msg.term() // no event, and never will be
    else msg.nak(5_000)
  }
}
await nc.drain()

// handle may see an event twice: whoever must not do a thing twice remembers the ids. docs/events/schema has all that is in one.
async function handle(msg) {
  const event = msg.json()
  const { sender, content = '' } = event.data.message
  console.log(`${event.subject} ${sender}: ${content}`)
  if (sender !== 'visitor' || !content.includes('discount')) return
  // The session's token of the subject is right for the command's, whatever characters the id has.
  const session = msg.subject.split('.')[4]
  await emit(session, { name: 'discount', data: { percent: 10 } })
}

// emit sends a custom event to the visitor's pages. The answer comes when it is stored.
async function emit(session, request) {
  const reply = await nc.request(`bellhop.cmd.v1.default.${session}.event.emit`, JSON.stringify(request), { timeout: 10_000 })
  const { error, code } = reply.json()
  if (code === 'unavailable') throw new Error(error) // later it may be taken
  if (code) console.error(`${code}: ${error}`)
}
