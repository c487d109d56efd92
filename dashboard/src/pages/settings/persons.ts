import type { PeopleQuery } from "../../gql/graphql";

export type Person = PeopleQuery["people"]["nodes"][number];

/** What to call somebody of whom the name may not be known yet. */
export function knownAs(person: Pick<Person, "name" | "email">): string {
  return person.name ?? person.email ?? "–";
}
