import { ok, until } from '../claim.mjs'

const counted = (ears, n) =>
  until(() => `${ears.name} counts ${n}; it heard ${JSON.stringify(ears.heard)}`, () => ears.channel.subscriptionCount === n)

// comeAndGo has subscribers of a channel come and go, and waits until each that is there knows how many there are.
async function comeAndGo(t, name) {
  const [a, b, c] = await Promise.all([t.client(), t.client(), t.client()])
  const first = await a.joins(name)
  await counted(first, 1)
  const second = await b.joins(name)
  const third = await c.joins(name)
  await Promise.all([first, second, third].map((ears) => counted(ears, 3)))
  await t.stands(name, { occupied: true, subscription_count: 3 }, 'subscription_count')
  b.pusher.unsubscribe(name)
  await Promise.all([first, third].map((ears) => counted(ears, 2)))
  c.pusher.disconnect()
  await counted(first, 1)
}

export default {
  async 'all subscribers are told how many they are'(t) {
    await comeAndGo(t, t.name())
  },

  async 'those of private channels too'(t) {
    await comeAndGo(t, t.name('private-'))
  },

  async 'those of cache channels too'(t) {
    await comeAndGo(t, t.name('cache-'))
  },
}

// more is what is the same for every client.
export const more = {
  async 'members of presence channels are not counted'(t) {
    const member = { user_id: t.name('u') }
    const ears = await (await t.client({ member })).joins(t.name('presence-'))
    await (await t.client({ member })).joins(ears.name)
    await t.marks(ears)
    ok(!ears.heard.some(([e]) => e === 'pusher:subscription_count'), 'no count')
  },
}
