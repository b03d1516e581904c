import { equal, ok, until } from '../claim.mjs'
import { library } from '../library.mjs'

// told are the webhooks' events of a channel, in order, from requests that the library believes.
async function told(name) {
  const requests = await (await fetch(`${process.env.WEBHOOKS}/told`)).json()
  return requests.flatMap(({ headers, body }) => {
    const webhook = library.webhook({ headers, rawBody: body })
    ok(webhook.isValid(), `the library believes ${body} with ${JSON.stringify(headers)}`)
    ok(Math.abs(webhook.getTime() - Date.now()) < 60_000, `it is of now: ${webhook.getTime()}`)
    return webhook.getEvents().filter((e) => e.channel === name)
  }).map(({ channel, ...event }) => event)
}

// tells waits until so many events of a channel were told.
async function tells(name, count) {
  let last = []
  await until(() => `${count} events of ${name} are told; there are ${JSON.stringify(last)}`, async () => (last = await told(name)).length >= count)
  return last
}

export default {
  async 'who comes to a channel, what he says there, and that he goes'(t) {
    const name = t.name('presence-')
    const user = t.name('u')
    const c = await t.client({ member: { user_id: user, user_info: { secret: true } } })
    const ears = await c.joins(name)
    equal(await tells(name, 2), [{ name: 'channel_occupied' }, { name: 'member_added', user_id: user }], 'when he came')
    ears.channel.trigger('client-typed', { text: 'ü' })
    const said = (await tells(name, 3)).at(-1)
    equal({ ...said, data: JSON.parse(said.data) }, { name: 'client_event', event: 'client-typed', data: { text: 'ü' }, socket_id: c.socket, user_id: user }, 'what he said')
    c.pusher.disconnect()
    equal((await tells(name, 5)).slice(3), [{ name: 'member_removed', user_id: user }, { name: 'channel_vacated' }], 'when he went')
  },

  async 'an empty cache, and how many listen'(t) {
    const name = t.name('cache-')
    await (await t.client()).joins(name)
    const events = await tells(name, 3)
    ok(events.some((e) => e.name === 'cache_miss'), `the cache is empty: ${JSON.stringify(events)}`)
    ok(events.some((e) => e.name === 'subscription_count' && e.subscription_count === 1), `one listens: ${JSON.stringify(events)}`)
  },

  async 'whoever reloads a page is not told to have gone'(t) {
    const name = t.name('private-')
    const first = await t.client()
    await first.joins(name)
    await tells(name, 1)
    first.pusher.disconnect()
    const again = await (await t.client()).joins(name)
    again.channel.trigger('client-here', {})
    await until('the reload is passed', async () => (await told(name)).some((e) => e.name === 'client_event'))
    equal((await told(name)).filter((e) => e.name.startsWith('channel_')), [{ name: 'channel_occupied' }], 'occupied and vacated')
  },
}
