import { z } from 'zod';
import { limits } from '../limits.ts';
import { scopes } from '../scopes.ts';
import { timestamp, userId } from './primitives.ts';

const dayMs = 86_400_000;
/** The account's password, where it has one: what changes how one signs in is asked of who knows it. */
export const confirmation = z
  .string()
  .max(limits.maxPasswordLength)
  .optional()
  .describe('Your password. Accounts without one must have signed in within 15 minutes.');

export const scope = z.enum(scopes);
export const createToken = z.strictObject({
  name: z.string().trim().min(1).max(limits.maxNameLength).describe('What it is for.'),
  scopes: z.array(scope).min(1).max(scopes.length),
  expiresInMs: z
    .int()
    .min(60_000)
    .max(limits.maxTokenDays * dayMs)
    .optional()
    .describe('Default: 90 days.'),
  password: confirmation,
});
/** For administrators: a token of somebody else, such as a program with an account of its own. */
export const createTokenFor = z.strictObject({ user: userId, ...createToken.shape });
export const serviceToken = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdBy: userId.describe('Its owner, or the administrator who made it.'),
  createdAt: timestamp,
  lastUsedAt: timestamp.describe('To the minute; when it was made where it was not used yet.'),
  expiresAt: timestamp,
});
export const createdToken = z.object({
  ...serviceToken.shape,
  token: z.string().describe('Told only now; the server keeps its hash.'),
});
export type CreateToken = z.infer<typeof createToken>;
export type CreateTokenFor = z.infer<typeof createTokenFor>;
export type ServiceToken = z.infer<typeof serviceToken>;
export type CreatedToken = z.infer<typeof createdToken>;

export const refreshedSession = z.object({
  token: z
    .string()
    .optional()
    .describe(
      'The session’s new token; absent where the one it has is younger than a day. The old one works until shortly after this one is used.',
    ),
});
export type RefreshedSession = z.infer<typeof refreshedSession>;

const password = z.string().max(limits.maxPasswordLength);
const email = z.email().max(254);
export const emailState = z.object({
  email: z.string().optional().describe('The address, once its link was followed.'),
  waiting: z.string().optional().describe('An address whose link was not followed yet.'),
  canSend: z.boolean().describe('Whether this server sends mail.'),
});
export const changeEmail = z.strictObject({
  email: email.nullable().describe('Null takes it away.'),
  password: confirmation,
});
export const linkToken = z.string().max(200);
export const confirmEmail = z.strictObject({ token: linkToken.describe('What stands behind the # of the link.') });
export const askPasswordReset = z.strictObject({ email });
export const redeemPasswordReset = z.strictObject({
  token: linkToken.describe('What stands behind the # of the link.'),
  password,
});
export const makePasswordReset = z.strictObject({ user: userId });
export const passwordResetLink = z.object({ url: z.string(), expiresAt: timestamp });
export type EmailState = z.infer<typeof emailState>;
export type ChangeEmail = z.infer<typeof changeEmail>;
export type RedeemPasswordReset = z.infer<typeof redeemPasswordReset>;
export type PasswordResetLink = z.infer<typeof passwordResetLink>;

const code = z.string().max(64).describe('Six digits of the app, or a recovery code.');
export const codeNeeded = z.object({
  challenge: z.string().describe('For `POST /sessions/code`, with a code.'),
  expiresInMs: z.int(),
});
export const secondStep = z.strictObject({ challenge: z.string().max(200), code });
export const confirmed = z.strictObject({ password: confirmation });
export const codeGiven = z.strictObject({ code });
export const confirmedByCode = z.strictObject({ password: confirmation, code });
export const oneTimeCodes = z.object({
  isOn: z.boolean().describe('Whether signing in with the password needs a code.'),
  recoveryCodesLeft: z.int(),
});
export const oneTimeCodeSecret = z.object({
  secret: z.string().describe('Base32, to be typed into the app.'),
  uri: z.string().describe('`otpauth:`, to be shown as a square code.'),
});
export const recoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe('Each works once in the place of a code. Told only now.'),
});
export type CodeNeeded = z.infer<typeof codeNeeded>;
export type SecondStep = z.infer<typeof secondStep>;
export type OneTimeCodes = z.infer<typeof oneTimeCodes>;
export type OneTimeCodeSecret = z.infer<typeof oneTimeCodeSecret>;
export type ConfirmedByCode = z.infer<typeof confirmedByCode>;

const passkeyName = z.string().trim().min(1).max(limits.maxNameLength);
export const passkey = z.object({
  id: z.string(),
  name: passkeyName,
  createdAt: timestamp,
  lastUsedAt: timestamp.optional(),
  isSynced: z.boolean().describe('Whether its owner’s other devices have it too.'),
});
export const namePasskey = z.strictObject({ name: passkeyName });
/** What `navigator.credentials` is given: https://www.w3.org/TR/webauthn-3/ */
export const credentialOptions = z.looseObject({ challenge: z.string() });
const part = z.string().max(65_536);
const credential = { id: z.string().max(2_048), rawId: z.string().max(2_048), type: z.literal('public-key') };
/** What it answers, as its `toJSON` has it. */
export const addPasskey = z.strictObject({
  name: passkeyName,
  response: z.looseObject({
    ...credential,
    response: z.looseObject({ clientDataJSON: part, attestationObject: part }),
  }),
});
export const passkeySignIn = z.strictObject({
  response: z.looseObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: part,
      authenticatorData: part,
      signature: part,
      userHandle: z.string().max(200).optional(),
    }),
  }),
  device: z.string().max(200).optional(),
});
export type Passkey = z.infer<typeof passkey>;
export type CredentialOptions = z.infer<typeof credentialOptions>;
export type AddPasskey = z.infer<typeof addPasskey>;
export type PasskeySignIn = z.infer<typeof passkeySignIn>;

export const factor = z.enum(['one-time-codes', 'passkeys']);
/** For administrators: what somebody has lost. */
export const removeFactors = z.strictObject({ user: userId, factors: z.array(factor).min(1).max(2) });
export const removedFactors = z.object({
  oneTimeCodes: z.boolean().describe('Whether an authenticator app was set up, and is not any more.'),
  passkeys: z.int().describe('How many there were.'),
});
export type Factor = z.infer<typeof factor>;
export type RemoveFactors = z.infer<typeof removeFactors>;
export type RemovedFactors = z.infer<typeof removedFactors>;

/** An identity at the provider of single sign-on that an account has. */
export const ssoLink = z.object({
  id: z.string(),
  issuer: z.string(),
  email: z.string().optional(),
  linkedAt: timestamp,
});
export const ssoBegun = z.object({ url: z.string().describe('Where to send the browser.') });
export type SsoLink = z.infer<typeof ssoLink>;
export type SsoBegun = z.infer<typeof ssoBegun>;
