import type { Profile } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { acquaintances } from '../state/conversations.ts';
import { learnPeople } from '../state/people.ts';
import { bestOf } from './match.ts';

/** While somebody types, the server is asked at most so often. */
const settleMs = 150;
const maxShown = 50;

export const namesOfPerson = ({ displayName, name }: Profile): readonly string[] => [displayName, name];

/** People who fit what was typed: those known here at once, the server's others a moment later. */
export function usePeopleSearch(query: string): readonly Profile[] {
  const [, setAnswered] = useState('');
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      rest.users({ query: query.trim().replace(/^@/, ''), limit: maxShown }).then(
        (found) => {
          learnPeople(found);
          if (!isStale) setAnswered(query);
        },
        () => {
          // Those known here are still offered.
        },
      );
    }, settleMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [query]);
  return bestOf(acquaintances.value, query, namesOfPerson).slice(0, maxShown);
}
