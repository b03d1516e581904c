import { equal, ok } from '../claim.mjs'

export default {
  async 'a client is told its socket and how long the server is patient'(t) {
    const [a, b] = await Promise.all([t.client(), t.client()])
    for (const { socket, pusher } of [a, b]) {
      ok(/^[1-9]\d*\.[1-9]\d*$/.test(socket), `${socket} is a socket's id`)
      equal(pusher.connection.activityTimeout, Math.min(t.settings.activityTimeout * 1000, 120_000), 'the activity timeout')
    }
    ok(a.socket !== b.socket, 'two sockets have two ids')
  },

  async 'a client that is told nothing of transports connects too'(t) {
    const host = t.settings.hosts[0]
    const [httpHost, httpPort] = host.split(':')
    const c = await t.client({ host, httpHost, httpPort: Number(httpPort), enabledTransports: undefined })
    await c.joins(t.name())
  },

  async 'a client that hears nothing asks, and is answered'(t) {
    const c = await t.client({ activityTimeout: 100, pongTimeout: 10_000 })
    const before = c.socket
    await c.sees('pusher:pong')
    await c.sees('pusher:pong', (f) => f !== c.frames.find((g) => g.event === 'pusher:pong'))
    equal([c.state, c.socket, c.errors], ['connected', before, []], 'the connection')
  },

  async 'an unknown key is refused for good'(t) {
    const c = t.visitor({ key: 'nobodys-key' })
    const error = await c.isTold(4001)
    ok(error.message, 'it says why')
    await c.is('disconnected')
  },

  async 'a client that disconnects can connect again, with its channels'(t) {
    const c = await t.client()
    const ears = await c.joins(t.name())
    const before = c.socket
    c.pusher.disconnect()
    equal(c.state, 'disconnected', 'the state')
    c.pusher.connect()
    await c.comesBack(before)
    await ears.hears('pusher:subscription_succeeded', 2)
    await t.app.trigger(ears.name, 'hello', { again: true })
    await ears.hears('hello')
    await t.marks(ears)
    equal(ears.events, [['hello', { again: true }]], 'what it hears')
  },

  async 'a client whose line is cut comes back with its channels'(t) {
    const line = await t.line(t.settings.hosts[0])
    const c = await t.client({ host: line.host, member: { user_id: t.name('u') } })
    const names = [t.name(), t.name('private-'), t.name('presence-')]
    const all = await Promise.all(names.map((name) => c.joins(name)))
    const before = c.socket
    await line.cut()
    await c.comesBack(before)
    await Promise.all(all.map((ears) => ears.hears('pusher:subscription_succeeded', 2)))
    await t.app.trigger(names, 'hello', 1)
    await Promise.all(all.map((ears) => ears.hears('hello')))
    await t.marks(...all)
    for (const ears of all) equal(ears.events, [['hello', 1]], `what ${ears.name} hears`)
    equal(all[2].channel.members.count, 1, 'members, of whom one was cut off')
  },
}

// more is what is the same for every client.
export const more = {
  async 'what nobody can read is an error and no end'(t) {
    const c = await t.client()
    const before = c.socket
    const odd = ['not JSON', '[]', '"text"', '7', 'null', '{}', '{"event":7}', '{"event":"pusher:nobody-knows"}', '{"event":"pusher:subscribe"}',
      '{"event":"pusher:subscribe","data":7}', '{"event":"pusher:subscribe","data":{"channel":7}}', '{"event":"pusher:unsubscribe","data":{}}',
      '{"event":"pusher:signin","data":{}}', '{"event":"client-x"}']
    for (const text of odd) ok(c.pusher.connection.send(text), 'it is sent')
    await c.joins(t.name())
    equal([c.state, c.socket], ['connected', before], 'the connection')
    ok(c.errors.length > 0 && c.errors.every((e) => e.data.message), `errors that say why: ${JSON.stringify(c.errors)}`)
  },

  async 'many clients come at once'(t) {
    const clients = await Promise.all(Array.from({ length: 25 }, () => t.client()))
    equal(new Set(clients.map((c) => c.socket)).size, 25, 'ids')
    const name = t.name()
    const all = await Promise.all(clients.map((c) => c.joins(name)))
    await t.app.trigger(name, 'hello', {})
    await Promise.all(all.map((ears) => ears.hears('hello')))
  },
}
