import { equal, ok } from '../claim.mjs'

export default {
  async 'what the server library encrypts, clients read, and nobody between'(t) {
    const c = await t.client()
    const ears = await c.joins(t.name('private-encrypted-'))
    await t.app.trigger(ears.name, 'secret', { treasure: 'under the ünïcödé tree' })
    equal(await ears.hears('secret'), { treasure: 'under the ünïcödé tree' }, 'the data')
    const frame = await c.sees('secret')
    equal(Object.keys(frame.data).sort(), ['ciphertext', 'nonce'], 'what the frame has')
    ok(!JSON.stringify(frame).includes('treasure'), 'it is not to be read')
  },

  async 'text, and much of it'(t) {
    const ears = await (await t.client()).joins(t.name('private-encrypted-'))
    const texts = ['plain text', '', 'x'.repeat(7_500)]
    for (const text of texts) await t.app.trigger(ears.name, 'text', text)
    await ears.hears('text', texts.length)
    equal(ears.events.map(([, text]) => text), texts, 'the texts')
  },

  async 'a batch may mix'(t) {
    const c = await t.client()
    const all = await Promise.all([t.name('private-encrypted-'), t.name('private-'), t.name()].map((name) => c.joins(name)))
    await t.app.triggerBatch(all.map(({ name }, n) => ({ channel: name, name: 'mixed', data: { n } })))
    for (const [n, ears] of all.entries()) equal(await ears.hears('mixed'), { n }, ears.name)
  },

  async 'the last event is kept as it was encrypted'(t) {
    const name = t.name('private-encrypted-cache-')
    const c = await t.client()
    await (await c.joins(name)).hears('pusher:cache_miss')
    await t.app.trigger(name, 'kept', { secret: 1 })
    const ears = await (await t.client()).joins(name)
    equal(await ears.hears('kept'), { secret: 1 }, 'the data')
    const { data } = (await t.channel(name, 'cache')).cache
    equal(Object.keys(JSON.parse(data)).sort(), ['ciphertext', 'nonce'], 'what the server has')
  },

  async 'it needs the application to let one in'(t) {
    const c = await t.client({ spoil: 'signature' })
    await c.refused(t.name('private-encrypted-'))
  },
}
