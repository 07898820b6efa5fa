/**
 * Loaded into a node under test before anything else: lets the verifier move its clock. Timers keep the machine's
 * time, as they do when a real clock is set.
 */
const RealDate = Date;
let offsetMs = Number(process.env['PARLEY_VERIFY_CLOCK_OFFSET_MS'] ?? 0);
const realNow = Date.now.bind(Date);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [realNow() + offsetMs] : args, newTarget) as Date,
  get: (target, property, receiver) =>
    property === 'now' ? () => realNow() + offsetMs : Reflect.get(target, property, receiver),
});

process.on('message', (message: { clockOffsetMs?: number }) => {
  offsetMs = message.clockOffsetMs ?? offsetMs;
});
// The channel to the verifier must not keep a drained node alive.
process.channel?.unref();
