/** A customer of the sandbox, by what their phone is found. */
export interface Pretended {
  name: string;
  phone: string;
}

export function addressOfPhone(phone: string): string {
  return `/sandbox/?phone=${encodeURIComponent(phone)}`;
}
