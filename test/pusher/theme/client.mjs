import { equal, ok, until } from '../claim.mjs'

// pair is two clients in a channel, and what each hears.
async function pair(t, name) {
  const clients = await Promise.all([t.client({ member: { user_id: t.name('u') } }), t.client({ member: { user_id: t.name('u') } })])
  return [...clients, ...await Promise.all(clients.map((c) => c.joins(name)))]
}

export default {
  async 'the others hear what a client says, and it does not'(t) {
    for (const kind of ['private-', 'presence-', 'private-cache-', 'presence-cache-']) {
      const [a, b, here, there] = await pair(t, t.name(kind))
      const third = await (await t.client({ member: { user_id: a.pusher.channel(here.name).members?.myID ?? 'x' } })).joins(here.name)
      ok(here.channel.trigger('client-typed', { text: 'ü "q" <b>' }), 'it is sent')
      await Promise.all([there, third].map((ears) => ears.hears('client-typed')))
      await t.marks(here, there, third)
      for (const ears of [there, third]) equal(ears.events, [['client-typed', { text: 'ü "q" <b>' }]], `what others hear in ${kind}`)
      equal(here.events, [], `what the sender hears in ${kind}`)
      equal([...a.errors, ...b.errors], [], 'errors')
    }
  },

  async 'the server says who speaks on a presence channel, whatever he says himself'(t) {
    const [a, , here, there] = await pair(t, t.name('presence-'))
    const heard = []
    there.channel.bind('client-told', (data, metadata) => heard.push([data, metadata]))
    const id = here.channel.members.me.id
    here.channel.trigger('client-told', 1)
    const forged = { event: 'client-told', channel: here.name, data: 2, user_id: 'the boss', socket_id: '1.1' }
    ok(a.pusher.connection.send(JSON.stringify(forged)), 'it is sent')
    await there.hears('client-told', 2)
    equal(heard, [[1, { user_id: id }], [2, { user_id: id }]], 'what is heard, and of whom')
  },
}

// more is what is the same for every client.
export const more = {
  async 'data of every kind arrives as it was sent'(t) {
    const payloads = [{ deep: [{ er: null }] }, [], 'plain text', 7.5, true, null, '']
    const [, , here, there] = await pair(t, t.name('private-'))
    for (const data of payloads) here.channel.trigger('client-data', data)
    await there.hears('client-data', payloads.length)
    equal(there.events.map(([, data]) => data), payloads, 'the data')
  },

  async 'nobody is named on a private channel'(t) {
    const [a, b, here, there] = await pair(t, t.name('private-'))
    ok(a.pusher.connection.send(JSON.stringify({ event: 'client-told', channel: here.name, data: {}, user_id: 'the boss' })), 'it is sent')
    await there.hears('client-told')
    const frame = await b.sees('client-told')
    ok(!('user_id' in frame), `it names nobody: ${JSON.stringify(frame)}`)
  },

  async 'on public channels, and where one is not in, it is refused'(t) {
    const [a, b] = await Promise.all([t.client(), t.client()])
    const [open, shut] = [t.name(), t.name('private-')]
    const [mine, theirs, secret] = await Promise.all([a.joins(open), b.joins(open), b.joins(shut)])
    mine.channel.trigger('client-shout', {})
    await until('there is an error', () => a.errors.length === 1)
    a.sends('client-shout', {}, shut)
    await until('there are two errors', () => a.errors.length === 2)
    await t.marks(mine, theirs, secret)
    equal([theirs.events, secret.events], [[], []], 'what the others hear')
    equal(a.state, 'connected', 'the connection')
  },

  async "nobody can say what only the server says"(t) {
    const [a, , here, there] = await pair(t, t.name('presence-'))
    const forged = ['pusher_internal:member_added', 'pusher:member_added', 'pusher_internal:subscription_succeeded', 'pusher:cache_miss', 'hello']
    for (const event of forged) a.sends(event, { user_id: 'x', user_info: {} }, here.name)
    await until('there are errors', () => a.errors.length === forged.length)
    await t.marks(here, there)
    equal(there.events, [], 'what the other hears')
    equal([there.times('pusher:subscription_succeeded'), there.channel.members.count], [1, 2], 'what the other knows')
  },

  async 'ten a second, and no more'(t) {
    const [a, , here, there] = await pair(t, t.name('private-'))
    for (let n = 0; n < 40; n++) here.channel.trigger('client-n', n)
    await a.isTold(4301)
    await a.joins(t.name())
    await t.marks(there)
    const heard = there.events.map(([, n]) => n)
    ok(heard.length >= 10 && heard.length < 40, `${heard.length} of 40 are heard`)
    equal(heard.slice(0, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'the first ten')
    equal(a.errors.length, 40 - heard.length, 'an error for each of the others')
    equal(a.state, 'connected', 'the connection')
  },

  async 'what is too large or has too long a name is refused'(t) {
    const [a, , here, there] = await pair(t, t.name('private-'))
    here.channel.trigger('client-large', 'x'.repeat(10_241))
    here.channel.trigger(`client-${'x'.repeat(200)}`, {})
    await until('there are two errors', () => a.errors.length === 2)
    here.channel.trigger('client-fits', 'x'.repeat(10_000))
    await there.hears('client-fits')
    equal(there.events.length, 1, 'what is heard')
    equal(a.state, 'connected', 'the connection')
  },
}
