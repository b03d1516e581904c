// The themes: what every build of pusher-js must do, what more there is to try of the server with one of them, and what only a build does that
// decrypts.
import cache, { more as moreCache } from './theme/cache.mjs'
import client, { more as moreClient } from './theme/client.mjs'
import connect, { more as moreConnect } from './theme/connect.mjs'
import count, { more as moreCount } from './theme/count.mjs'
import encrypted from './theme/encrypted.mjs'
import open, { more as moreOpen } from './theme/public.mjs'
import presence, { more as morePresence } from './theme/presence.mjs'
import secret, { more as moreSecret } from './theme/private.mjs'
import user, { more as moreUser } from './theme/user.mjs'
import watchlist, { more as moreWatchlist } from './theme/watchlist.mjs'

export const everywhere = {
  'connection': connect, 'public channels': open, 'private channels': secret, 'presence channels': presence, 'client events': client,
  'cache channels': cache, 'users': user, 'watchlists': watchlist, 'subscription counts': count,
}
export const once = {
  'connection, more': moreConnect, 'public channels, more': moreOpen, 'private channels, more': moreSecret, 'presence channels, more': morePresence,
  'client events, more': moreClient, 'cache channels, more': moreCache, 'users, more': moreUser, 'watchlists, more': moreWatchlist,
  'subscription counts, more': moreCount,
}
export const decrypting = { 'encrypted channels': encrypted }
