/**
 * Every bound a client can meet, in one place. Server and SDK import the same numbers, so a client can refuse early
 * what the server would refuse late.
 */
export const limits = {
  /** Largest WebSocket frame a client may send. A 16,000-character text is at most 64,000 bytes of UTF-8. */
  maxFrameBytes: 64 * 1024,
  /** Deepest nesting of arrays and objects in a frame or a body; only preferences nest freely. */
  maxJsonDepth: 32,
  /** Longest message text, in UTF-16 code units (what `String.length` counts). */
  maxTextLength: 16_000,
  /** Longest name of a conversation or person. */
  maxNameLength: 64,
  /** Longest topic of a conversation. */
  maxTopicLength: 512,
  /** Longest status of a person. */
  maxStatusLength: 100,
  /** Shortest password. */
  minPasswordLength: 8,
  /** Longest password; hashing costs the same for all, so this only bounds the request. */
  maxPasswordLength: 256,
  /** Members added by one `create` or `invite`. */
  maxMembersPerCommand: 1_000,
  /** Streams named in one `watch` frame. */
  maxStreamsPerWatch: 500,
  /** Streams one session may watch at a time. */
  maxWatchesPerSession: 2_000,
  /** Largest page of history. */
  maxPage: 200,
  /** Distinct emoji on one message. */
  maxReactionsPerMessage: 50,
  /** Longest emoji, in UTF-16 code units: the longest families and flags have fewer. */
  maxEmojiLength: 32,
  /** Mentions of single people in one message; more is noise. */
  maxMentions: 50,
  /** Longest slow mode: an hour between two messages of one person. */
  maxSlowModeMs: 3_600_000,
  /** Longest silence of a member; who should never speak again is banned. */
  maxSilenceMs: 366 * 86_400_000,
  /** People banned from one conversation. */
  maxBans: 5_000,
  /** Members of one conversation that are silenced at a time. */
  maxSilenced: 5_000,
  /** People waiting to be let into one channel. */
  maxJoinRequests: 1_000,
  /** Words of one filter. */
  maxFilterWords: 500,
  /** Longest word, or phrase, of a filter. */
  maxFilterWordLength: 64,
  /** Pinned messages of one conversation. */
  maxPins: 200,
  /** A socket that has not said hello by then is closed. */
  helloTimeoutMs: 5_000,
  /** Malformed frames forgiven before the socket is closed with 1008. */
  maxBadFrames: 10,
  /** A bulk request of an administrator. */
  maxAccountsPerRequest: 1_000,
  /** Service tokens of one account. */
  maxTokensPerAccount: 50,
  /** Passkeys of one account. */
  maxPasskeysPerAccount: 20,
  /** Longest life of a service token, in days. */
  maxTokenDays: 366,
} as const;
