import { equal, ok, until } from '../claim.mjs'

export default {
  // Whoever plays it stops the first gateway when it says "ready": by then the line, as a load balancer would, leads to the second.
  async 'clients of a gateway that is replaced go on at another one, at once'(t) {
    const [first, second] = t.settings.hosts
    const line = await t.line(first)
    const users = [{ id: t.name('u') }, { id: t.name('u') }]
    const moving = await Promise.all(users.map((user) => t.client({ host: line.host, user, member: { user_id: user.id } })))
    const staying = await t.client({ host: second, member: { user_id: t.name('u') } })
    const names = [t.name(), t.name('private-'), t.name('presence-')]
    const all = (await Promise.all([...moving, staying].map(async (c) => Promise.all(names.map((name) => c.joins(name)))))).flat()
    await Promise.all(moving.map((c) => c.signsIn()))
    await Promise.all(all.slice(-1).map((ears) => until('all are members', () => ears.channel.members.count === 3)))
    const heard = moving.map((c, n) => {
      const events = []
      c.pusher.user.bind('hello', (data) => events.push(data))
      return { id: users[n].id, events }
    })

    const before = moving.map((c) => c.socket)
    await line.aim(second)
    t.says('ready')
    await Promise.all(moving.map((c, n) => c.comesBack(before[n])))
    await Promise.all(all.slice(0, -3).map((ears) => ears.hears('pusher:subscription_succeeded', 2)))
    await Promise.all(moving.map((c) => until('the channel of the user is joined', () => c.pusher.user.serverToUserChannel?.subscribed)))
    for (const c of moving) ok((await c.isTold(4200)).message, 'it is told to come back at once')

    await t.app.trigger(names, 'after', {})
    await t.marks(...all)
    for (const ears of all) equal(ears.events, [['after', {}]], `what ${ears.name} hears`)
    for (const { id, events } of heard) {
      await t.app.sendToUser(id, 'hello', id)
      await until('the user hears it', () => events.length > 0)
      equal(events, [id], 'what the user hears')
    }
    await until('all are members', () => all.filter((ears) => ears.name === names[2]).every((ears) => ears.channel.members.count === 3))
    equal(await t.channel(names[2], 'user_count'), { occupied: true, user_count: 3 }, 'what the server says')
    equal(staying.errors, [], 'errors of the client that stayed')
  },
}
