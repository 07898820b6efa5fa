import { type SettingName, settings } from '../../packages/server/src/config/settings.ts';
import { type Parts, table } from './markers.ts';

const names = Object.keys(settings) as SettingName[];
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function defaultOf(name: SettingName): string {
  const { data } = settings[name].schema.safeParse(undefined);
  const shown = data === undefined ? '' : String(data);
  return shown === '' ? 'none' : `\`${shown}\``;
}

/** The generated part of `docs/configuration.md`. */
export function configurationParts(): Parts {
  const rows = names.map((name) => {
    const { env, value, help } = settings[name];
    return [`\`${flagOf(name)} ${value}\``, `\`${env}\``, `\`${name}\``, defaultOf(name), help];
  });
  return { settings: table(['flag', 'environment', 'in a file', 'default', 'what'], rows) };
}
