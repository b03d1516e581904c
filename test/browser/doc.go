// Package browser drives a real headless Chromium that has the chat widget in a page: it looks into the widget's shadow root,
// clicks and types as a person does, and waits until something is so. It refuses to know the widget's code: what it names are class
// names, which are a contract with sites.
package browser
