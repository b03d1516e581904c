import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import Pusher from 'pusher'
import { equal, ok } from '../claim.mjs'
import { answer, gateway, get, post, refusal, signed } from '../library.mjs'
import { options } from '../site.mjs'

export default {
  async 'who has not the key or the secret, or asks for another app, is refused'(t) {
    const stranger = (more) => new Pusher({ ...options, ...more })
    const calls = [
      (p) => p.trigger(t.name(), 'e', {}), (p) => p.triggerBatch([{ channel: t.name(), name: 'e', data: '' }]),
      (p) => p.terminateUserConnections('u'),
      ...['', `/${t.name()}`, `/${t.name('presence-')}/users`].map((of) => (p) => p.get({ path: `/channels${of}` })),
    ]
    for (const call of calls) {
      await refusal(call(stranger({ secret: 'wrong' })), 401)
      await refusal(call(stranger({ key: 'wrong' })), 401)
      const error = await call(stranger({ appId: '99' })).catch((e) => e)
      ok([401, 404].includes(error.status), `another app: ${error.status}`)
    }
    const told = await refusal(stranger({ secret: 'wrong' }).trigger('c', 'e', {}), 401)
    ok(told.includes(`/apps/${options.appId}/events`) && told.includes('body_md5='), `it says what was to be signed: ${told}`)
  },

  async 'a clock may be ten minutes off, and no more'(t) {
    const now = Math.trunc(Date.now() / 1000)
    for (const off of [-560, 560]) equal((await signed({ time: now + off })).status, 200, `${off} s`)
    for (const off of [-660, 660]) {
      const response = await signed({ time: now + off })
      equal(response.status, 401, `${off} s`)
      ok((await response.text()).includes(String(now + off)), 'it names the time that it was given')
    }
    for (const time of ['x', '']) equal((await signed({ time })).status, 401, `the time "${time}"`)
  },

  async 'all that makes a signature must be there, and be right'(t) {
    const ears = await (await t.client()).joins(t.name())
    const call = { method: 'POST', path: `/apps/${options.appId}/events`, body: JSON.stringify({ name: 'e', data: 'd', channels: [ears.name] }) }
    const empty = createHash('md5').update('').digest('hex')
    for (const wrong of [{ body_md5: undefined }, { body_md5: 'x' }, { body_md5: empty }, { auth_version: '2.0' }, { auth_version: undefined },
      { auth_key: undefined }, { auth_timestamp: undefined }]) {
      const response = await signed({ ...call, ...wrong })
      equal(response.status, 401, JSON.stringify(wrong))
      ok((await response.text()).length > 0, 'it says why')
    }
    equal((await fetch(gateway + call.path, { method: 'POST', body: call.body })).status, 401, 'unsigned')
    equal((await signed({ ...call, unknown: 'x' })).status, 200, 'what nobody knows is signed too')
    equal((await signed({ body_md5: empty })).status, 200, 'a digest of nothing on GET')
    await t.marks(ears)
    equal(ears.events, [['e', 'd']], 'what is heard')
  },

  async 'what is not there is 404, and what is no JSON 400'(t) {
    await refusal(get('/nothing'), 404)
    await refusal(post({}, '/nothing'), 404)
    equal((await signed({ method: 'POST', path: `/apps/${options.appId}/events`, body: '{"name":' })).status, 400, 'half of JSON')
    equal((await fetch(`${gateway}/app/${options.key}`)).status >= 400, true, 'a socket that is asked for as a page')
  },

  async 'a connection is kept, whatever is answered on it'(t) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let sockets = 0
    const create = agent.createConnection.bind(agent)
    agent.createConnection = (...args) => { sockets++; return create(...args) }
    const library = new Pusher({ ...options, agent })
    const wrong = new Pusher({ ...options, agent, secret: 'wrong' })
    for (let n = 0; n < 3; n++) {
      await answer(library.trigger(t.name(), 'e', {}))
      await refusal(library.post({ path: '/events', body: { name: 'e' } }), 400)
      await refusal(wrong.trigger(t.name(), 'e', {}), 401)
      await refusal(library.trigger(t.name(), 'e', 'x'.repeat(10_300)), 413)
      await refusal(library.get({ path: '/nothing' }), 404)
    }
    agent.destroy()
    equal(sockets, 1, 'connections')
  },
}
