// Closes what waits on the phone so that the city alone can read it: JWE in compact form (RFC 7516),
// ECDH-ES on P-256 with A256GCM (RFC 7518, 4.6). The phone itself cannot open it again.
const text = new TextEncoder();
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const BITS = 256;

/** Whether this browser can: it needs HTTPS, or the same computer. */
export function canSeal(): boolean {
  return typeof crypto !== "undefined" && "subtle" in crypto;
}

export async function seal(said: Record<string, string>, city: JsonWebKey): Promise<string> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]) as CryptoKeyPair;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const header = base64(text.encode(JSON.stringify({ alg: "ECDH-ES", enc: "A256GCM", epk: { kty, crv, x, y } })));
  const theirs = await crypto.subtle.importKey("jwk", city, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, BITS);
  const key = await crypto.subtle.importKey("raw", await derived(new Uint8Array(shared)), "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const both = new Uint8Array(await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: text.encode(header) }, key, text.encode(JSON.stringify(said)),
  ));
  return [header, "", base64(iv), base64(both.slice(0, -16)), base64(both.slice(-16))].join(".");
}

/** Concat KDF (NIST SP 800-56A, 5.8.1) for one block, as RFC 7518, 4.6.2 fills it in. */
function derived(shared: Uint8Array): Promise<ArrayBuffer> {
  const name = text.encode("A256GCM");
  const parts = [number(1), shared, number(name.length), name, number(0), number(0), number(BITS)];
  return crypto.subtle.digest("SHA-256", new Uint8Array(parts.flatMap((part) => [...part])));
}

function number(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
