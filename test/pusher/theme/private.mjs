import { equal, ok } from '../claim.mjs'

// shut is a channel that a client could not join: it hears nothing of it, and nobody is in.
async function shut(t, c, name) {
  const beside = await c.joins(t.name())
  await t.app.trigger([name, beside.name], 'hello', {})
  await beside.hears('hello')
  ok(!c.frames.some((f) => f.event === 'hello' && f.channel === name), 'nothing is heard')
  equal((await t.channel(name)).occupied, false, 'occupied')
}

export default {
  async 'whom the application lets in hears'(t) {
    const ears = await (await t.client()).joins(t.name('private-'))
    await t.app.trigger(ears.name, 'hello', { secret: true })
    equal(await ears.hears('hello'), { secret: true }, 'the data')
  },

  async 'a wrong signature is refused, and the error says what was to be signed'(t) {
    const c = await t.client({ spoil: 'signature' })
    const name = t.name('private-')
    const told = await c.refused(name)
    ok(told.type === 'AuthError' && told.status === 401 && told.error, `the channel is told ${JSON.stringify(told)}`)
    const error = await c.isTold(null)
    ok(error.message.includes(`${c.socket}:${name}`), `it names the string: ${error.message}`)
    const { auth } = await t.sign('authorizeChannel', c.socket, name)
    ok(!error.message.includes(auth.split(':')[1]), 'it does not give the signature away')
    await shut(t, c, name)
  },

  async 'whom the application refuses is not in'(t) {
    const c = await t.client({ spoil: 'deny' })
    const name = t.name('private-')
    equal((await c.refused(name)).status, 403, 'the status')
    await shut(t, c, name)
  },
}

// more is what is the same for every client.
export const more = {
  async 'data that the application signs for a private channel counts'(t) {
    const ears = await (await t.client({ member: { any: 'thing' } })).joins(t.name('private-'))
    await t.app.trigger(ears.name, 'hello', 1)
    equal(await ears.hears('hello'), 1, 'the data')
  },

  async 'a wrong signature for data is refused, and the error has the data'(t) {
    const c = await t.client({ spoil: 'signature', member: { user_id: 'u', user_info: { q: '"' } } })
    const name = t.name('presence-')
    await c.refused(name)
    const error = await c.isTold(null)
    ok(error.message.includes(`${c.socket}:${name}:{"user_id":"u","user_info":{"q":"\\""}}`), `it names the string: ${error.message}`)
    await shut(t, c, name)
  },

  async "another app's key is refused"(t) {
    const c = await t.client({ spoil: 'key' })
    const name = t.name('private-')
    await c.refused(name)
    await shut(t, c, name)
  },

  async 'what is no signature is refused'(t) {
    const c = await t.client({ spoil: 'form' })
    const name = t.name('private-')
    await c.refused(name)
    c.sends('pusher:subscribe', { channel: name })
    c.sends('pusher:subscribe', { channel: name, auth: '' })
    await shut(t, c, name)
    equal(c.errors.length, 3, 'errors')
  },

  async "another socket's and another channel's signature are refused"(t) {
    const [a, b] = await Promise.all([t.client(), t.client({ as: { channel: t.name('private-') } })])
    const name = t.name('private-')
    await a.joins(t.name('private-'))
    await b.refused(name)
    const thief = await t.client({ as: { socket: a.socket } })
    await thief.refused(name)
    await shut(t, thief, name)
  },
}
