// A person in a list, and where a list of people goes on.

export interface Person {
  id: number;
  name: string;
  displayName: string;
  bio: string;
  avatarHash: string | null;
  /** When they came into the list, milliseconds since 1970. */
  since: number;
}

export interface PersonCursor {
  since: number;
  id: number;
}

export interface PeoplePage {
  items: Person[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}
