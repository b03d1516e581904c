// Package appearance is what the site's owner says of the widget: who answers, colours, the contact form, which elements of the page are
// events, which versions are served. It refuses to know sessions and requests.
package appearance
