// Types of the chat widget, for who bundles it. Wire names are those of the widget protocol.

export type Sender = "visitor" | "operator" | "ai" | "system";
export interface Attachment { id: string; filename: string; mimeType: string; size: number; url: string; thumbnailUrl?: string; status?: string }
export interface Quote { id: string; content: string; sender: Sender; deleted?: boolean; hasAttachment?: boolean; attachmentType?: string }
export interface Message {
  id: string; sessionId?: string; content: string; sender: Sender;
  /** ISO 8601, UTC. */
  timestamp: string;
  operatorName?: string; replyTo?: string | Quote; attachments?: Attachment[];
  status?: "sending" | "failed" | "sent" | "delivered" | "read";
  deliveredAt?: string; readAt?: string; editedAt?: string; deletedAt?: string;
}
/** Where the site proves who its visitors are, token (a JWT) or userHash does. */
export interface Identity { id: string; email?: string; name?: string; token?: string; userHash?: string; [key: string]: unknown }
export interface CustomEvent { name: string; data?: unknown; timestamp: string; sessionId?: string }
export interface TrackedElement { selector: string; event?: "click" | "submit" | "focus" | "change" | "mouseenter"; name: string; widgetMessage?: string; data?: Record<string, unknown> }
export interface VersionWarning {
  severity: "info" | "warning" | "error"; message: string; currentVersion: string; minVersion?: string; latestVersion?: string;
  canContinue: boolean; upgradeUrl?: string;
}
/** A CSS colour, or a gradient; either of them per theme. */
export type Plain = string | { from: string; to: string; direction?: string };
export type Colour = Plain | { light: Plain; dark: Plain };

export interface Options {
  /** Where the widget protocol is served: an absolute URL or a path. Or projectId, for /api/widget/<projectId>. */
  endpoint?: string;
  projectId?: string;
  theme?: "light" | "dark" | "auto";
  position?: "bottom-right" | "bottom-left";
  /** A language such as "de". Without one: the page's, then the browser's. en de fr es it pt nl pl ja ar. */
  locale?: string;
  operatorName?: string; operatorAvatar?: string; logoUrl?: string; headerTitle?: string; headerSubtitle?: string;
  welcomeMessage?: string; placeholder?: string;
  primaryColor?: Colour; primaryTextColor?: string; headerColor?: Colour; footerColor?: Colour; toggleColor?: Colour;
  /** "plain", "dots", "whatsapp", a colour, or a picture's address. */
  chatBackground?: Colour;
  /** "chat", "message", "help", or a picture's address. */
  toggleIcon?: string;
  /** Pixels, or a CSS length. */
  borderRadius?: number | string;
  fontFamily?: string; zIndex?: number;
  /** Style rules for the widget's shadow root; they may name its classes. No @import. */
  customCSS?: string;
  /** Milliseconds until the button is shown, and until the chat opens by itself. */
  showDelay?: number; autoOpenDelay?: number;
  /** Opens the chat at a message of the team; true unless set. Never on a phone, where it would cover the page. */
  autoOpenOnMessage?: boolean;
  persistOpenState?: boolean; soundEnabled?: boolean; showUnreadBadge?: boolean; hideOnMobile?: boolean;
  /** Regular expressions on path and query. */
  showOnPages?: string[]; hideOnPages?: string[];
  /** Connects nobody who has no conversation before the chat is wanted. */
  lazy?: boolean;
  trackedElements?: TrackedElement[];
  preChatForm?: { enabled: boolean; required?: boolean; timing?: "before-first-message" | "after-first-message"; fields?: "email-only" | "phone-only" | "email-or-phone" | "email-and-phone"; completed?: boolean };
  identity?: Identity;
  onOpen?(): void; onClose?(): void; onMessage?(m: Message): void; onConnect?(sessionId: string): void; onDisconnect?(): void;
  onError?(e: Error): void; onEvent?(e: CustomEvent): void; onVersionWarning?(w: VersionWarning): void; onUnreadChange?(n: number): void;
  onTyping?(typing: boolean): void; onSessionStart?(s: { sessionId: string; visitorId: string; resumed: boolean }): void;
}

export type Handler = (data: any, more?: any) => void;

export function init(options: Options): void;
export function open(): void;
export function close(): void;
export function toggle(): void;
export function sendMessage(content: string, attachmentIds?: string[], replyTo?: string): Promise<Message>;
/** progress is told percents. */
export function uploadFile(file: File, progress?: (percent: number) => void): Promise<Attachment>;
export function uploadFiles(files: Iterable<File>, progress?: (percent: number) => void): Promise<Attachment[]>;
export function trigger(name: string, data?: unknown, options?: { widgetMessage?: string }): void;
/** The handler gets the event's data, then the whole event. What is answered ends it. */
export function onEvent(name: string, handler: Handler): () => void;
export function offEvent(name: string, handler: Handler): void;
export function on(name: string, handler: Handler): () => void;
export function off(name: string, handler: Handler): void;
export function identify(identity: Identity): Promise<void>;
export function reset(options?: { newSession?: boolean }): Promise<void>;
export function getIdentity(): Identity | null;
export function setConfig(options: Options): void;
export function destroy(): void;
