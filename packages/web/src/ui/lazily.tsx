import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../state/toasts.ts';

/**
 * A component whose code is fetched when it is first shown; until then, nothing.
 * Code that cannot be fetched is told of, since a newer version of the page may have replaced it.
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [component, setComponent] = useState<{ readonly type: ComponentType<Props> | undefined }>({ type: loaded });
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (type) => {
          loaded = type;
          setComponent({ type });
        },
        () => toast('This part of the page could not be loaded. Please reload the page.', 'bad'),
      );
    }, []);
    return component.type === undefined ? null : h(component.type, props);
  };
}
