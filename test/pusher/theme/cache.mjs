import { equal, ok } from '../claim.mjs'

const kinds = ['cache-', 'private-cache-', 'presence-cache-']

// spoken is what a listener heard, the server's own words included, in order and without counts.
const spoken = (ears) => ears.heard.filter(([e]) => e !== 'pusher:subscription_count').map(([e]) => e)

const comes = (t, options) => t.client({ member: { user_id: t.name('u') }, ...options })

export default {
  async 'an empty cache is missed'(t) {
    for (const kind of kinds) {
      const ears = await (await comes(t)).joins(t.name(kind))
      await ears.hears('pusher:cache_miss')
      equal(spoken(ears), ['pusher:subscription_succeeded', 'pusher:cache_miss'], `what is heard in ${kind}`)
    }
  },

  async 'whoever comes late hears the last event, and nothing before'(t) {
    for (const kind of kinds) {
      const name = t.name(kind)
      for (let n = 1; n <= 3; n++) await t.app.trigger(name, `number ${n}`, { n })
      for (let time = 1; time <= 2; time++) {
        const ears = await (await comes(t)).joins(name)
        equal(await ears.hears('number 3'), { n: 3 }, 'the data')
        await t.app.trigger(name, 'number 3', { n: 3 }) // live now, and the same in the cache
        await ears.hears('number 3', 2)
        equal(spoken(ears), ['pusher:subscription_succeeded', 'number 3', 'number 3'], `what is heard in ${kind}`)
      }
    }
  },

  async 'members come before the cached event'(t) {
    const name = t.name('presence-cache-')
    await t.app.trigger(name, 'cached', {})
    const ears = await (await comes(t)).joins(name)
    const seen = []
    ears.channel.bind('cached', () => seen.push(ears.channel.members.count))
    await ears.hears('cached')
    equal(ears.channel.members.count, 1, 'members')
  },
}

// more is what is the same for every client.
export const more = {
  async 'what is heard live is not heard from the cache too'(t) {
    const name = t.name('cache-')
    const clients = await Promise.all(Array.from({ length: 6 }, () => comes(t)))
    const all = []
    for (const [n, c] of clients.entries()) {
      all.push(c.listens(name)) // while events come
      await t.app.trigger(name, 'n', n)
    }
    await Promise.all(all.map((ears) => ears.hears('pusher:subscription_succeeded')))
    await t.marks(...all)
    for (const [n, ears] of all.entries()) {
      const heard = ears.events.map(([, n]) => n)
      ok(heard.length > 0, `client ${n} hears the last one`)
      equal(heard, Array.from({ length: heard.length }, (_, i) => clients.length - heard.length + i), 'each once, in order, up to the last')
    }
  },

  async 'what is published to everybody else, and in a batch, is kept too'(t) {
    const [c, one, two] = [await comes(t), t.name('cache-'), t.name('cache-')]
    const ears = await c.joins(one)
    await t.app.trigger(one, 'not for c', 1, { socket_id: c.socket })
    await t.app.triggerBatch([{ channel: two, name: 'first', data: 1 }, { channel: two, name: 'second', data: 2 }])
    const late = await comes(t)
    const [a, b] = await Promise.all([late.joins(one), late.joins(two)])
    equal([await a.hears('not for c'), await b.hears('second')], [1, 2], 'what the cache has')
    equal(b.events.length, 1, 'of the second channel')
    equal(ears.events, [], 'what the one hears that it was not for')
  },

  async 'what clients say is not kept'(t) {
    const name = t.name('private-cache-')
    const [a, b] = await Promise.all([comes(t), comes(t)])
    const [here, there] = await Promise.all([a.joins(name), b.joins(name)])
    here.channel.trigger('client-hello', {})
    await there.hears('client-hello')
    await (await (await comes(t)).joins(name)).hears('pusher:cache_miss')
  },

  async 'it outlives those who listened, and the server library reads it'(t) {
    const name = t.name('cache-')
    equal(await t.channel(name, 'cache'), { occupied: false, cache: null }, 'an empty one')
    const c = await comes(t)
    const ears = await c.joins(name)
    await t.app.trigger(name, 'kept', { some: 'data' })
    await ears.hears('kept')
    await c.leaves(ears)
    const { cache } = await t.channel(name, 'cache')
    equal(JSON.parse(cache.data), { some: 'data' }, 'the data')
    ok(Number.isInteger(cache.ttl) && cache.ttl > 1700 && cache.ttl <= 1800, `it is kept ${cache.ttl} s`)
    const again = await c.joins(name)
    equal(await again.hears('kept'), { some: 'data' }, 'what who comes hears')
  },
}
