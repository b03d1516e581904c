import { equal, ok } from '../claim.mjs'

const changes = (ears) => ears.heard.filter(([e]) => e.startsWith('pusher:member_')).map(([e, m]) => [e.slice('pusher:member_'.length), m])
const members = (ears) => Object.fromEntries(Object.entries(ears.channel.members.members).sort())

export default {
  async 'who comes learns who is there, and those who are there learn who comes'(t) {
    const [one, two] = [{ user_id: t.name('u'), user_info: { name: 'One' } }, { user_id: t.name('u'), user_info: { name: 'Two', tags: ['ü', 2] } }]
    const [a, b] = await Promise.all([t.client({ member: one }), t.client({ member: two })])
    const first = await a.joins(t.name('presence-'))
    equal(first.channel.members.count, 1, 'members')
    const second = await b.joins(first.name)
    await first.hears('pusher:member_added')
    for (const [ears, me] of [[first, one], [second, two]]) {
      equal(members(ears), { [one.user_id]: one.user_info, [two.user_id]: two.user_info }, 'members')
      equal([ears.channel.members.count, ears.channel.members.me], [2, { id: me.user_id, info: me.user_info }], 'count and me')
    }
    await t.marks(first, second)
    equal([changes(first), changes(second)], [[['added', { id: two.user_id, info: two.user_info }]], []], 'what each is told')
  },

  async 'somebody in two tabs is one member, until the last one closes'(t) {
    const [one, two] = [{ user_id: t.name('u') }, { user_id: t.name('u'), user_info: { tab: 1 } }]
    const [a, b, b2] = await Promise.all([t.client({ member: one }), t.client({ member: two }), t.client({ member: two })])
    const watcher = await a.joins(t.name('presence-'))
    const tab = await b.joins(watcher.name)
    await watcher.hears('pusher:member_added')
    const tab2 = await b2.joins(watcher.name)
    equal(tab2.channel.members.count, 2, 'members in the second tab')
    equal(await t.members(watcher.name), [one.user_id, two.user_id].sort(), 'users')
    b.pusher.disconnect()
    await t.marks(watcher, tab2)
    equal([changes(watcher).length, watcher.channel.members.count], [1, 2], 'while one tab is left')
    b2.pusher.unsubscribe(tab2.name)
    await watcher.hears('pusher:member_removed')
    equal([changes(watcher).at(-1), watcher.channel.members.count], [['removed', { id: two.user_id, info: { tab: 1 } }], 1], 'after the last one')
    equal([tab, tab2].map((ears) => ears.times('pusher:member_removed') + ears.times('pusher:member_added')), [0, 0], 'what the tabs are told')
  },

  async 'whoever leaves is missed at once, however'(t) {
    const line = await t.line(t.settings.hosts.at(-1))
    const [w, x, y, z] = Array.from({ length: 4 }, () => ({ user_id: t.name('u') }))
    const [a, b, c, d] = await Promise.all([t.client({ member: w }), t.client({ member: x }), t.client({ member: y }),
      t.client({ member: z, host: line.host })])
    const watcher = await a.joins(t.name('presence-'))
    await Promise.all([b, c, d].map((other) => other.joins(watcher.name)))
    await watcher.hears('pusher:member_added', 3)
    const gone = async (n, { user_id }) => equal((await watcher.hears('pusher:member_removed', n)).id, user_id, 'who left')
    b.pusher.unsubscribe(watcher.name)
    await gone(1, x)
    c.pusher.disconnect()
    await gone(2, y)
    await line.cut()
    await gone(3, z)
    equal(watcher.channel.members.members[w.user_id] === undefined, false, 'the watcher is in')
  },

  async 'who is signed in needs no data to be a member'(t) {
    const user = { id: t.name('u'), user_info: { name: 'Signed' } }
    const [a, b] = await Promise.all([t.client({ member: { user_id: t.name('u') } }), t.client({ user })])
    const watcher = await a.joins(t.name('presence-'))
    const ears = b.listens(watcher.name)
    b.pusher.signin()
    await ears.hears('pusher:subscription_succeeded')
    equal(ears.channel.members.me, { id: user.id, info: user.user_info }, 'me')
    equal(await watcher.hears('pusher:member_added'), { id: user.id, info: user.user_info }, 'who was added')
  },
}

// more is what is the same for every client.
export const more = {
  async 'a number is the id of the same user as its digits'(t) {
    const id = Number.MAX_SAFE_INTEGER - 2
    const [a, b, c] = await Promise.all([id, String(id), t.name('u')].map((user_id) => t.client({ member: { user_id } })))
    const watcher = await c.joins(t.name('presence-'))
    const ears = await a.joins(watcher.name)
    const again = await b.joins(watcher.name)
    await t.marks(watcher, ears, again)
    equal([watcher, ears, again].map((e) => e.channel.members.count), [2, 2, 2], 'members')
    equal(watcher.times('pusher:member_added'), 1, 'who was added')
    equal(ears.channel.members.me, { id, info: again.channel.members.me.info }, 'me')
    equal((await t.members(watcher.name)).filter((user) => user === String(id)).length, 1, 'how often its text is among the users')
  },

  async 'what is said of a user may be anything, or nothing'(t) {
    for (const user_info of [undefined, null, {}, { deep: [{ er: null }] }, 'text', 7]) {
      const [a, b] = await Promise.all([t.client({ member: { user_id: t.name('u') } }), t.client({ member: { user_id: t.name('u'), user_info } })])
      const watcher = await a.joins(t.name('presence-'))
      const ears = await b.joins(watcher.name)
      ok(ears.channel.members.me, `${user_info}: he finds himself in ${JSON.stringify(ears.channel.members)}`)
      const added = await watcher.hears('pusher:member_added')
      equal(added.id, ears.channel.members.me.id, 'who was added')
      if (user_info) equal([ears.channel.members.me.info, added.info], [user_info, user_info], 'the info')
    }
  },

  async 'whoever is no member is refused'(t) {
    const long = [{ user_id: 'x'.repeat(129) }, { user_id: 'u', user_info: 'x'.repeat(1100) }]
    const bad = [{}, { user_id: '' }, { user_info: {} }, { user_id: null }, ...long, ['u'], 'u']
    for (const member of bad) {
      const c = await t.client({ member })
      const name = t.name('presence-')
      await c.refused(name)
      equal((await t.channel(name)).occupied, false, `${JSON.stringify(member).slice(0, 40)}: occupied`)
    }
    const c = await t.client()
    const name = t.name('presence-')
    const { auth } = await t.sign('authorizeChannel', c.socket, name)
    c.sends('pusher:subscribe', { channel: name, auth })
    await c.isTold(null)
    equal((await t.channel(name)).occupied, false, 'without data and sign-in: occupied')
  },

  async 'data counts more than the sign-in'(t) {
    const member = { user_id: t.name('u'), user_info: { by: 'data' } }
    const c = await t.client({ user: { id: t.name('u') }, member })
    await c.signsIn()
    const ears = await c.joins(t.name('presence-'))
    equal(ears.channel.members.me, { id: member.user_id, info: member.user_info }, 'me')
    equal(ears.channel.members.count, 1, 'members')
  },

  async 'the server library counts and names who is there'(t) {
    const clients = await Promise.all(Array.from({ length: 3 }, () => t.client({ member: { user_id: t.name('u') } })))
    const name = t.name('presence-')
    await Promise.all(clients.map((c) => c.joins(name)))
    equal(await t.channel(name, 'user_count'), { occupied: true, user_count: 3 }, 'the channel')
    for (const c of clients) c.pusher.disconnect()
    await t.stands(name, { occupied: false, user_count: 0 }, 'user_count')
    equal(await t.members(name), [], 'users')
  },
}
