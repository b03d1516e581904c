/** English, and the list of everything that the panel says. */
const words = {
  title: "Chat with us", online: "We are online", reachable: "Usually replies in a few minutes", away: "Leave us a message",
  connecting: "Connecting…", lost: "No connection. What you write is sent when it is back.", welcome: "Hello! How can we help you today?",
  placeholder: "Write a message…", send: "Send", attach: "Attach files", close: "Close chat", you: "You", team: "Support", ai: "Assistant",
  conversation: "Conversation", today: "Today", yesterday: "Yesterday", edited: "edited", deleted: "This message was deleted", typing: "is typing",
  sending: "Sending", sent: "Sent", delivered: "Delivered", read: "Read", failed: "Not sent", retry: "Try again", discard: "Discard",
  reply: "Reply", edit: "Edit", remove: "Delete", actions: "Message actions", cancel: "Cancel", save: "Save", replying: "Reply to", editing: "Edit message",
  photo: "Photo", file: "File", drop: "Drop files here to send them", removeFile: "Remove", uploading: "Uploading", uploadFailed: "Could not be uploaded",
  newest: "Newest messages", fresh: "New messages", chars: "characters left", error: "That did not work. Please try again.",
  rate: "How was this conversation?", faces: "Very bad|Bad|Okay|Good|Very good", comment: "Anything you want to add? (optional)", submit: "Submit",
  thanks: "Thank you for your feedback!", notNow: "Not now", contact: "How can we reach you?", contactWhy: "So that you get our answer even when you have left.",
  email: "E-mail", phone: "Phone", country: "Country", start: "Continue", skip: "Skip", badEmail: "Please enter a valid e-mail address.",
  badPhone: "Please enter a valid phone number.", shot: "The team asks to see this page", shotWhy: "One picture of this browser tab is sent, without this chat. Nothing else is shared.",
  share: "Share a picture", decline: "Decline", outdated: "This chat is out of date. Please reload the page.", closed: "This conversation was closed. Write to open it again.",
  blocked: "The chat is not available right now.",
};
export type Words = typeof words;
export default words;
