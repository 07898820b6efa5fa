import { useEffect, useState } from 'preact/hooks';
import { connection, ready } from '../state/sync.ts';
import { Icon } from '../ui/icon.tsx';

/** A loss mended so soon is not worth a word. */
const patienceMs = 1_500;

/** Says that the connection is lost, and that nothing else is. */
export function Banner() {
  const { state, retryAt } = connection.value;
  const isLost = ready.value && (state === 'offline' || state === 'connecting');
  const [shown, setShown] = useState(false);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!isLost) return setShown(false);
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isLost]);
  useEffect(() => {
    if (!shown) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [shown]);
  const seconds = retryAt === undefined ? 0 : Math.ceil((retryAt - now) / 1_000);
  return (
    <div role="status">
      {shown ? (
        <p class="banner">
          <Icon name="alert" size={16} />
          <span>No connection. What you write is kept and sent when it is back.</span>
          <span class="banner-next" aria-hidden="true">
            {state === 'offline' && seconds > 0 ? `Next try in ${seconds} s` : 'Connecting …'}
          </span>
        </p>
      ) : null}
    </div>
  );
}
