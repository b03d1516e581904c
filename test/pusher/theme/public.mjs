import { equal, ok } from '../claim.mjs'

// payloads are what an application may send: what arrives is the same. Text that happens to be JSON, pusher-js parses.
const payloads = [
  { text: 'Grüße, 世界 🛎  <b>&amp;</b>', list: [1, 2.5, -3e300, null, true], deep: { deeper: { deepest: [] } } },
  [], {}, 'plain text', '', 'with "quotes", \\ and \n lines', 7, true, null, '\u0000\u2028\u2029', '😀'.repeat(100),
]

const names = [
  'App\\Events\\Shipped', '.shipped', 'with blanks / and slashes', 'ünïcödé 世界', 'x'.repeat(200), 'client-like', 'pusherlike:event',
]

export default {
  async 'data of every kind arrives as it was sent'(t) {
    const ears = await (await t.client()).joins(t.name())
    for (const data of payloads) await t.app.trigger(ears.name, 'data', data)
    await ears.hears('data', payloads.length)
    equal(ears.events.map(([, data]) => data), payloads, 'the data')
  },

  async 'one event reaches many channels, and each listener once for each'(t) {
    const [a, b] = await Promise.all([t.client(), t.client()])
    const names = [t.name(), t.name('private-'), t.name()]
    const all = await Promise.all([a.joins(names[0]), a.joins(names[1]), b.joins(names[1]), b.joins(names[2])])
    await t.app.trigger(names, 'all', { of: 'you' })
    await t.marks(...all)
    for (const ears of all) equal(ears.events, [['all', { of: 'you' }]], ears.name)
  },

  async 'the socket that an event names does not hear it'(t) {
    const [a, b] = await Promise.all([t.client(), t.client()])
    const name = t.name()
    const [here, there] = await Promise.all([a.joins(name), b.joins(name)])
    await t.app.trigger(name, 'not for a', 1, { socket_id: a.socket })
    await t.app.trigger(name, 'not for b', 2, { socket_id: b.socket })
    await t.app.trigger(name, 'for both', 3, { socket_id: '1.1' })
    await t.app.triggerBatch([{ channel: name, name: 'not for a either', data: 4, socket_id: a.socket }])
    await t.marks(here, there)
    equal(here.events, [['not for b', 2], ['for both', 3]], 'what a hears')
    equal(there.events, [['not for a', 1], ['for both', 3], ['not for a either', 4]], 'what b hears')
  },

  async 'who unsubscribes hears nothing more, and may come again'(t) {
    const c = await t.client()
    const before = await c.joins(t.name())
    await c.leaves(before)
    await t.app.trigger(before.name, 'missed', {})
    const after = await c.joins(before.name)
    await t.marks(after)
    equal([before.events, after.events], [[], []], 'what was heard')
    ok(!c.frames.some((f) => f.event === 'missed'), 'nothing came')
  },

  async 'who changes his mind while he subscribes is not in'(t) {
    const c = await t.client()
    const name = t.name()
    c.pusher.subscribe(name)
    c.pusher.unsubscribe(name)
    await c.sees('pusher_internal:subscription_succeeded', (f) => f.channel === name)
    const other = await c.joins(t.name())
    await t.app.trigger(name, 'missed', {})
    await t.marks(other)
    ok(!c.frames.some((f) => f.event === 'missed'), 'nothing came')
    await t.stands(name, { occupied: false })
    equal(c.errors, [], 'errors')
  },
}

// more is what is the same for every client.
export const more = {
  async 'event names may be anything'(t) {
    const ears = await (await t.client()).joins(t.name())
    for (const name of names) await t.app.trigger(ears.name, name, {})
    await t.marks(ears)
    equal(ears.events.map(([event]) => event), names, 'the names')
  },

  async 'events keep their order'(t) {
    const clients = await Promise.all([t.client(), t.client()])
    const name = t.name()
    const all = await Promise.all(clients.map((c) => c.joins(name)))
    for (let n = 0; n < 30; n++) await t.app.trigger(name, 'n', n)
    for (const ears of all) {
      await ears.hears('n', 30)
      equal(ears.events.map(([, n]) => n), Array.from({ length: 30 }, (_, n) => n), 'the order')
    }
  },

  async 'subscribing twice is an error, and delivers once'(t) {
    const c = await t.client()
    const ears = await c.joins(t.name())
    c.sends('pusher:subscribe', { channel: ears.name, auth: '' })
    await c.isTold(null)
    await t.app.trigger(ears.name, 'once', {})
    await t.marks(ears)
    equal([ears.times('once'), ears.times('pusher:subscription_succeeded')], [1, 1], 'how often')
  },

  async 'names that are only like private ones are public'(t) {
    const c = await t.client()
    for (const begin of ['my-private-', 'privateer', 'presences-', 'Private-', 'x-cache-', 'server-to-user-']) {
      const ears = await c.joins(t.name(begin))
      await t.app.trigger(ears.name, 'hello', begin)
      await ears.hears('hello')
    }
    ok(!c.frames.some((f) => f.event === 'pusher:cache_miss'), 'none is a cache')
  },

  async 'all characters of names, and 164 of them'(t) {
    const c = await t.client()
    const begin = t.name('AZaz09_-=@,.;')
    const longest = begin + 'x'.repeat(164 - begin.length)
    for (const name of [begin, longest]) {
      const ears = await c.joins(name)
      await t.app.trigger(name, 'hello', {})
      await ears.hears('hello')
      await t.stands(name, { occupied: true })
    }
    await c.refused(longest + 'x')
    await c.refused(t.name('with blanks '))
    await c.refused(t.name('with/slash'))
    await c.refused(t.name('ünïcödé'))
    equal(c.state, 'connected', 'the connection')
  },
}
