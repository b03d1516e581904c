import { equal, ok, until } from '../claim.mjs'

// comes connects somebody who signs in.
async function comes(t, user, options) {
  const c = await t.client({ user, ...options })
  const heard = []
  c.pusher.user.bind_global((event, data) => heard.push([event, data]))
  await c.signsIn()
  const hears = (event) => until(() => `a user hears ${event}; he heard ${JSON.stringify(heard)}`, () => heard.some(([e]) => e === event))
  return Object.assign(c, { heard, hears })
}

export default {
  async 'who signs in hears what is sent to him, in every tab, and nobody else does'(t) {
    const [one, two] = [{ id: t.name('u'), user_info: { name: 'Öne "1"' } }, { id: t.name('u') }]
    const [a, a2, b] = await Promise.all([comes(t, one), comes(t, one), comes(t, two)])
    equal([a.pusher.user.user_data, b.pusher.user.user_data], [one, two], 'who they are')
    await t.app.sendToUser(one.id, 'hello', { dear: 'one' })
    await Promise.all([a.hears('hello'), a2.hears('hello')])
    await t.app.sendToUser(two.id, 'hello', { dear: 'two' })
    await b.hears('hello')
    for (const [c, want] of [[a, { dear: 'one' }], [a2, { dear: 'one' }], [b, { dear: 'two' }]]) equal(c.heard, [['hello', want]], 'what is heard')
    equal([...a.errors, ...a2.errors, ...b.errors], [], 'errors')
  },

  async 'who is thrown out is, in every tab, and does not come back by himself'(t) {
    const [one, two] = [{ id: t.name('u-=@,.;') }, { id: t.name('u') }]
    const member = { user_id: one.id }
    const [a, a2, b, namesake] = await Promise.all([
      comes(t, one), comes(t, one), comes(t, two, { member: { user_id: t.name('u') } }), t.client({ member }),
    ])
    const presence = t.name('presence-')
    const [watcher, same] = await Promise.all([b.joins(presence), namesake.joins(presence)])
    equal((await t.app.terminateUserConnections(one.id)).status, 200, 'the status')
    for (const c of [a, a2]) {
      await c.isTold(4009)
      await c.is('disconnected')
    }
    await t.marks(watcher, same)
    equal([b.state, namesake.state], ['connected', 'connected'], 'those who are not signed in as him')
  },

  async 'after a cut the client signs in by itself'(t) {
    const line = await t.line(t.settings.hosts[0])
    const user = { id: t.name('u') }
    const c = await comes(t, user, { host: line.host })
    const before = c.socket
    await line.cut()
    await c.comesBack(before)
    await until('the channel of the user is joined', () => c.pusher.user.serverToUserChannel?.subscribed)
    await t.app.sendToUser(user.id, 'hello', {})
    await c.hears('hello')
  },
}

// more is what is the same for every client.
export const more = {
  async 'nobody need be there to be sent something'(t) {
    equal(await t.app.sendToUser(t.name('nobody'), 'hello', {}), { status: 200, body: {} }, 'the answer')
    equal(await t.app.terminateUserConnections(t.name('nobody')), { status: 200, body: {} }, 'the answer')
  },

  async 'a stranger cannot listen for somebody'(t) {
    const user = { id: t.name('u') }
    const a = await comes(t, user)
    const [stranger, other] = await Promise.all([t.client(), comes(t, { id: t.name('u') })])
    for (const c of [stranger, other]) {
      for (const channel of [`#server-to-user-${user.id}`, '#server-to-user-', '#anything']) {
        const before = c.errors.length
        c.sends('pusher:subscribe', { channel, auth: '' })
        await until('there is an error', () => c.errors.length > before)
      }
    }
    await t.app.sendToUser(user.id, 'secret', {})
    await a.hears('secret')
    for (const c of [stranger, other]) {
      await c.joins(t.name())
      ok(!c.frames.some((f) => f.event === 'secret'), 'nothing is heard')
      equal(c.state, 'connected', 'the connection')
    }
  },

  async 'what is wrong with a sign-in is an error and no end'(t) {
    const user = { id: t.name('u') }
    const c = await t.client({ user, spoil: 'signature' })
    const ears = await c.joins(t.name())
    c.pusher.signin()
    const error = await c.isTold(null)
    ok(error.message.includes(`${c.socket}::user::${JSON.stringify(user)}`), `it names the string: ${error.message}`)
    c.sends('pusher:signin', { auth: 'x' })
    const valid = await t.sign('authenticateUser', c.socket, { id: 'x' })
    for (const user_data of ['not JSON', '[]', '{}', '{"id":5}', '{"id":""}']) {
      const { auth } = await t.sign('text', `${c.socket}::user::${user_data}`)
      c.sends('pusher:signin', { auth, user_data })
    }
    c.sends('pusher:signin', { auth: valid.auth, user_data: '{"id":"y"}' })
    await until('there are eight errors', () => c.errors.length === 8)
    await t.marks(ears)
    ok(!c.frames.some((f) => f.event === 'pusher:signin_success'), 'nobody is signed in')
    equal(c.state, 'connected', 'the connection')
  },

  async 'nobody becomes somebody else'(t) {
    const [one, two] = [{ id: t.name('u') }, { id: t.name('u') }]
    const c = await comes(t, one)
    c.sends('pusher:signin', await t.sign('authenticateUser', c.socket, one))
    await c.sees('pusher:signin_success', (f) => f !== c.frames.find((g) => g.event === 'pusher:signin_success'))
    await until('there is an error: pusher-js subscribes once more', () => c.errors.length === 1)
    c.sends('pusher:signin', await t.sign('authenticateUser', c.socket, two))
    await until('there are two errors', () => c.errors.length === 2)
    await t.app.sendToUser(two.id, 'for two', {})
    await t.app.sendToUser(one.id, 'for one', {})
    await c.hears('for one')
    equal(c.heard.map(([e]) => e), ['for one'], 'what he hears')
  },

  async 'users are in no list of channels'(t) {
    const c = await comes(t, { id: t.name('u') })
    const ears = await c.joins(t.name('listed-'))
    let channels
    await until('the channel is listed', async () => ears.name in (channels = (await t.app.get({ path: '/channels' })).body.channels))
    equal(Object.keys(channels).filter((name) => name.startsWith('#')), [], 'users that are listed')
  },
}
