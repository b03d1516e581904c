import Pusher from 'pusher'
import { equal, ok, until } from '../claim.mjs'
import { answer, get, library, post, refusal } from '../library.mjs'
import { options } from '../site.mjs'

export default {
  async 'success is 200 with an object in JSON'(t) {
    for (const call of [library.trigger(t.name(), 'e', {}), library.triggerBatch([{ channel: t.name(), name: 'e', data: {} }]),
      library.sendToUser(t.name('u'), 'e', {}), library.terminateUserConnections(t.name('u'))]) {
      const { status, type, body } = await answer(call)
      equal([status, body], [200, {}], 'the answer')
      ok(/^application\/json\b/.test(type), `it is JSON: ${type}`)
    }
  },

  async 'a library that is made of a URL gets in'(t) {
    const { key, secret, host, port, appId } = options
    const other = Pusher.forURL(`http://${key}:${secret}@${host}:${port}/apps/${appId}`)
    equal((await answer(other.trigger(t.name(), 'e', {}))).body, {}, 'the answer')
  },

  async 'a trigger tells of its channels what it is asked'(t) {
    const member = { user_id: t.name('u') }
    const [a, b] = await Promise.all([t.client({ member }), t.client({ member })])
    const [presence, open, nobody] = [t.name('presence-'), t.name(), t.name('presence-')]
    await Promise.all([a, b].flatMap((c) => [c.joins(presence), c.joins(open)]))
    await t.stands(open, { occupied: true, subscription_count: 2 }, 'subscription_count')
    const info = 'user_count,subscription_count'
    const { channels } = (await answer(library.trigger([presence, open, nobody], 'e', {}, { info }))).body
    equal(Object.keys(channels).sort(), [presence, open, nobody].sort(), 'channels')
    equal([channels[presence].user_count, channels[nobody].user_count], [1, 0], 'users')
    equal(channels[open], { subscription_count: 2 }, 'the open channel')
    const { batch } = (await answer(library.triggerBatch([
      { channel: presence, name: 'e', data: 1, info: 'user_count' }, { channel: open, name: 'e', data: 2 },
      { channel: open, name: 'e', data: 3, info: 'subscription_count' },
    ]))).body
    equal(batch, [{ user_count: 1 }, {}, { subscription_count: 2 }], 'the batch')
  },

  async 'a channel that is named twice hears once'(t) {
    const ears = await (await t.client()).joins(t.name())
    await library.trigger([ears.name, ears.name], 'once', {})
    await t.marks(ears)
    equal(ears.times('once'), 1, 'how often')
  },

  async 'what is wrong with an event is 400, and no channel hears it'(t) {
    const ears = await (await t.client()).joins(t.name())
    const event = { name: 'e', data: '{}', channels: [ears.name] }
    const bad = [
      { ...event, name: undefined }, { ...event, name: '' }, { ...event, name: 7 }, { ...event, name: 'x'.repeat(201) },
      { ...event, data: undefined }, { ...event, data: 7 },
      { ...event, channels: undefined }, { ...event, channels: [] }, { ...event, channels: 'x' },
      { ...event, channels: [ears.name, 'not a name'] }, { ...event, channels: [ears.name, ''] }, { ...event, channels: [ears.name, 7] },
      { ...event, channels: [ears.name, 'x'.repeat(201)] }, { ...event, channels: [ears.name, '#other'] },
      { ...event, channels: [ears.name, ...Array.from({ length: 100 }, () => t.name())] }, { ...event, socket_id: 'x' }, [], 'text',
    ]
    for (const body of bad) await refusal(post(body), 400)
    await refusal(post({}, '/batch_events'), 400)
    const good = { name: 'e', data: '{}', channel: ears.name }
    await refusal(post({ batch: [good, { ...good, channel: 'not a name' }] }, '/batch_events'), 400)
    await refusal(post({ batch: [good, { ...good, name: undefined }] }, '/batch_events'), 400)
    await refusal(post({ batch: Array.from({ length: 11 }, () => good) }, '/batch_events'), 400)
    await refusal(post({ batch: [good, { ...good, data: 'x'.repeat(10_241) }] }, '/batch_events'), 413)
    await t.marks(ears)
    equal(ears.events, [], 'what is heard')
    equal((await answer(library.triggerBatch(Array.from({ length: 10 }, (_, n) => ({ ...good, data: n }))))).body, {}, 'ten')
    await ears.hears('e', 10)
    equal(ears.events.map(([, n]) => n), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'in order')
  },

  async 'ten kilobytes of data are let through, counted as they are, and no more'(t) {
    const ears = await (await t.client()).joins(t.name())
    for (const data of ['"'.repeat(10_240), 'ü'.repeat(5_120)]) await library.trigger(ears.name, 'large', data)
    await ears.hears('large', 2)
    equal(ears.events.map(([, d]) => d), ['"'.repeat(10_240), 'ü'.repeat(5_120)], 'what is heard')
    await refusal(library.trigger(ears.name, 'larger', 'x'.repeat(10_241)), 413)
    await refusal(library.trigger(ears.name, 'larger', 'ü'.repeat(5_121)), 413)
    const many = [ears.name, ...Array.from({ length: 99 }, () => t.name('x'.repeat(150)))]
    await library.trigger(many, 'hundred', '"'.repeat(10_240))
    await ears.hears('hundred')
  },

  async 'the list of channels has those that somebody is in'(t) {
    const c = await t.client({ member: { user_id: t.name('u') } })
    const tag = t.name('list')
    const [presence, open, secret] = [`presence-${tag}`, tag, `private-${tag}`]
    await Promise.all([presence, open, secret].map((name) => c.joins(name)))
    let channels
    await until('all are listed', async () => {
      channels = (await answer(get('/channels'))).body.channels
      return [presence, open, secret].every((name) => name in channels)
    })
    for (const name of [presence, open, secret]) equal(channels[name], {}, name)
    const counted = (await answer(get('/channels', { filter_by_prefix: `presence-${tag}`, info: 'user_count' }))).body
    equal(counted, { channels: { [presence]: { user_count: 1 } } }, 'by prefix')
    equal((await answer(get('/channels', { filter_by_prefix: t.name('nobody') }))).body, { channels: {} }, 'nobody')
    equal((await answer(get('/channels', { filter_by_prefix: tag }))).body, { channels: { [open]: {} } }, 'by another prefix')
    await refusal(get('/channels', { info: 'user_count' }), 400)
    await refusal(get('/channels', { filter_by_prefix: 'private-', info: 'user_count' }), 400)
    c.pusher.disconnect()
    await until('nobody is in', async () => !((await answer(get('/channels'))).body.channels[open]))
  },

  async 'a channel is told of, and only what it has'(t) {
    const c = await t.client({ member: { user_id: t.name('u') } })
    const [presence, open, nobody] = [t.name('presence-'), t.name('a=b@c,d.e;f-_'), t.name()]
    await Promise.all([presence, open].map((name) => c.joins(name)))
    const told = async (name, params) => (await answer(get(`/channels/${name}`, params))).body
    equal(await told(presence), { occupied: true }, 'presence')
    equal(await told(presence, { info: 'user_count' }), { occupied: true, user_count: 1 }, 'presence with users')
    await t.stands(open, { occupied: true, subscription_count: 1 }, 'subscription_count')
    equal(await told(encodeURIComponent(open), { info: 'subscription_count' }), { occupied: true, subscription_count: 1 }, 'escaped')
    equal(await told(nobody), { occupied: false }, 'nobody')
    equal(await told(nobody, { info: 'subscription_count' }), { occupied: false, subscription_count: 0 }, 'nobody, with a count')
    equal(await told(t.name('presence-'), { info: 'user_count' }), { occupied: false, user_count: 0 }, 'nobody, with users')
    await refusal(get(`/channels/${open}`, { info: 'user_count' }), 400)
    await refusal(get('/channels/not!a!name'), 400)
  },

  async 'users are those of presence channels'(t) {
    const ids = [t.name('u'), t.name('ü "u" ')]
    const clients = await Promise.all([...ids, ids[0]].map((user_id) => t.client({ member: { user_id } })))
    const name = t.name('presence-')
    await Promise.all(clients.map((c) => c.joins(name)))
    const { users } = (await answer(get(`/channels/${name}/users`))).body
    equal(users.sort((a, b) => (a.id < b.id ? -1 : 1)), [...ids].sort().map((id) => ({ id })), 'users')
    equal((await answer(get(`/channels/${t.name('presence-')}/users`))).body, { users: [] }, 'nobody')
    await refusal(get(`/channels/${t.name()}/users`), 400)
    await refusal(get(`/channels/${t.name('private-')}/users`), 400)
  },
}
